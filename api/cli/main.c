/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - the command line of podring: finds the verb and hands over. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/cli/cli.h"
#include "api/cli/io/measure.h"
#include "api/cli/io/out.h"
#include "api/cli/io/outputs.h"
#include "api/cli/picture/picture.h"
#include "api/cli/signals.h"
#include "api/manifest/near.h"
#include "engine/reactor/base.h"

/* What the options of run and simulate cannot be together. */
static int check_live(const struct cli_options *o)
{
    int code = outputs_check(o);

    code = code == CLI_OK ? picture_check(o) : code;
    return code == CLI_OK ? measure_check(o) : code;
}

static const struct cli_verb verbs[] = {
    {"run", CLI_RUN, cmd_run, "FILE...", "runs pods in real time, with real sockets",
     "Runs the pods of the manifests in real time: they listen on addresses of 127.0.0.0/8,\n"
     "and their probes connect to them through io_uring. Without --for it runs until SIGINT,\n"
     "SIGTERM or SIGHUP; a second signal ends it at once. FILE may be - for standard input.",
     measure_help, check_live},
    {"simulate", CLI_SIMULATE, cmd_simulate, "FILE...", "runs pods in virtual time",
     "Runs the pods of the manifests in virtual time, as fast as the machine can. The same\n"
     "seed and the same files give the same bytes on standard output. Without --for it ends\n"
     "when nothing is due any more, at the latest after 10m. FILE may be - for standard input.",
     measure_help, check_live},
    {"get", CLI_GET, cmd_get, "KIND [NAME...] FILE...", "lists objects as kubectl get does",
     "Simulates the manifests up to the time of --at, and prints what kubectl get would then\n"
     "print. KIND is a plural, singular or short name (deployments, deploy, po, svc, ep, hpa,\n"
     "events, ...), several with commas between them, or 'all'; or KIND/NAME, as often as\n"
     "wanted. An operand behind it is a FILE if there is such a file, if it ends in .yaml, .yml\n"
     "or .json, if it has a slash (as a folder must), or is - for standard input.", NULL, NULL},
    {"logs", CLI_LOGS, cmd_logs, "FILE... POD", "prints what a container has written",
     "Simulates the manifests up to the time of --at, and prints the log of a container of POD\n"
     "as kubectl logs does. POD is NAME, WORKLOAD#N, [NAMESPACE/]NAME or KIND/NAME, or the\n"
     "beginning of one name only.", NULL,
     NULL},
    {"describe", CLI_DESCRIBE, cmd_describe, "KIND [NAME...] FILE... | FILE... POD",
     "tells everything about objects",
     "Simulates the manifests up to the time of --at, and prints what kubectl describe would then\n"
     "print. KIND and its names are as for 'podring get'; a name may also be the beginning of\n"
     "some. POD is NAME, WORKLOAD#N, [NAMESPACE/]NAME or KIND/NAME, or the beginning of one\n"
     "name only.", NULL, NULL},
    {"exec", CLI_EXEC, cmd_exec, "FILE... POD -- COMMAND...", "runs a command in a container",
     "Simulates the manifests up to the time of --at, runs COMMAND in the simulated shell among\n"
     "the files of a container of POD, as kubectl exec does, and prints what it writes. The exit\n"
     "code is that of the command. POD is NAME, WORKLOAD#N, [NAMESPACE/]NAME or KIND/NAME, or the\n"
     "beginning of one name.",
     NULL, NULL},
    {"cp", CLI_CP, cmd_cp, "FILE... FROM TO", "copies files out of a container, or into it",
     "Simulates the manifests up to the time of --at, and copies a file or folder FROM one place\n"
     "TO another. One of them is POD:PATH in a container, the other a path of this machine, or -\n"
     "for standard output. Behind a copy into a container the run goes on, and what follows is\n"
     "printed as 'simulate -o timeline' prints it.", NULL, NULL},
    {"diff", CLI_DIFF, cmd_diff, "A B", "tells what applying B over A would change",
     "Applies manifest A, then B over it at the time of --at, and prints which objects that\n"
     "creates and changes, field by field, and what follows from it. What must not change is\n"
     "refused as apply would refuse it. Exits with 0 if there is no difference, 1 if there is,\n"
     "2 if something is wrong.", NULL, NULL},
    {"why", CLI_WHY, cmd_why, "FILE... POD", "tells what led to a pod's state",
     "Simulates the manifests up to the time of --at, and prints what has led to the state that\n"
     "POD, or a container of it, is then in: what led to it, what led to that, and so on, back to\n"
     "the first cause. POD is NAME, WORKLOAD#N, [NAMESPACE/]NAME or KIND/NAME, or the beginning\n"
     "of one name only, and may end in /CONTAINER.",
     NULL, NULL},
    {"bench", CLI_BENCH, cmd_bench, NULL, "measures how fast probes run on this machine",
     "Runs so many equal pods with one liveness probe each, and measures probes per second,\n"
     "CPU per probe, lateness and latency. The pods are served by the same thread: the CPU of\n"
     "both sides counts. --for (default 10s) starts after the warm-up.", cmd_bench_help,
     cmd_bench_check},
    {"check", CLI_CHECK, cmd_check, "FILE...", "validates manifests",
     "Reads the manifests as run and simulate do and prints what is wrong with them as\n"
     "file:line:column: severity: text, then a line for each object. FILE may be - for\n"
     "standard input.", NULL, NULL},
    {"advise", CLI_ADVISE, cmd_advise, "FILE...", "tries practices out, and says which matter here",
     "Simulates each workload of the manifests as it is and with one change, for each practice of\n"
     "a catalogue, and prints those that make a difference: what happens now, and what then.\n"
     "What a program does is assumed, and said, unless a Behavior says otherwise. The annotation\n"
     "podring.dev/advise-ignore: NAME[,NAME...] (or all) of a workload takes practices out. FILE\n"
     "may be - for standard input.",
     NULL, cmd_advise_check},
    {"sweep", CLI_SWEEP, cmd_sweep, "FILE...", "runs manifests with many values, and compares",
     "Simulates the manifests with each value of --vary, and of a range A..B in --app, --step or\n"
     "--client, and with each seed, and prints one row a combination: the median of each result,\n"
     "and its spread over the seeds. FILE may be - for standard input.",
     cmd_sweep_help, cmd_sweep_check},
    {"merge", CLI_MERGE, cmd_merge, "FILE...", "puts the results of shares together",
     "Reads what 'podring simulate --shard I/N --result FILE' and its like have left behind, and\n"
     "prints what one engine would have said of all pods. The files may come in any order, and "
     "may\n"
     "themselves be of this command (-o json --partial). Files of different runs are refused.",
     NULL, cmd_merge_check},
    {"example", CLI_EXAMPLE, cmd_example, "[NAME]", "prints a manifest to begin with",
     "Prints the example called NAME, or lists them. What each shows is in docs/examples.md.", NULL,
     NULL},
    {"explain", CLI_EXPLAIN, cmd_explain, "[KIND[.FIELD]...]", "tells which fields documents have",
     "Prints the fields of Behavior, Scenario, Client and Metrics documents: what each means,\n"
     "what goes where it is absent, and an example: podring explain behavior.serve.", NULL, NULL},
    {"schema", CLI_SCHEMA, cmd_schema, NULL, "prints the JSON schema of our documents",
     "Prints a JSON schema (draft 2020-12) of Behavior, Scenario, Client and Metrics documents,\n"
     "for editors and other programs.", NULL, NULL},
    {"states", CLI_STATES, cmd_states, "[NAME]", "prints the decision tables",
     "Prints the tables that probes, containers and pods are decided by, or the one called\n"
     "NAME.", NULL, NULL},
};

static void render_usage(struct rx_text *t, const void *what)
{
    (void)what;
    rx_text_puts(t,
                 "podring runs simulated Kubernetes pods: probes, restarts, back-off, shutdown.\n\n"
                 "Usage:\n");
    for (size_t i = 0; i < RX_ARRAY_LEN(verbs); i++) {
        size_t from = t->length;

        rx_text_puts(t, "  podring ");
        rx_text_puts(t, verbs[i].name);
        if (verbs[i].operands != NULL) {
            rx_text_putc(t, ' ');
            rx_text_puts(t, verbs[i].operands);
        }
        rx_text_pad(t, from, 31);
        rx_text_puts(t, verbs[i].summary);
        rx_text_putc(t, '\n');
    }
    rx_text_puts(t,
              "  podring help [COMMAND]       prints this, or how a command is used\n"
              "  podring --version\n\n"
              "Options follow the command; 'podring COMMAND --help' lists them.\n"
              "Try: podring simulate docs/examples/crashloop.yaml --for 10m\n\n"
              "Exit codes: 0 ok, 1 a stated threshold failed, 64 usage, 65 bad manifest, 66 no\n"
              "such input, 69 io_uring unavailable, 70 a bug in podring, 71 the system refused,\n"
              "74 output failed.\n");
}

static void render_version(struct rx_text *t, const void *what)
{
    (void)what;
    rx_text_puts(t, "podring ");
    rx_text_puts(t, podring_version());
    rx_text_puts(t, "\n");
    rx_text_puts(t, podring_build_info());
    rx_text_puts(t, "\n");
}

static int print(out_render_fn *fn, const void *what)
{
    struct out out;

    out_standard(&out);
    out_render(&out, fn, what);
    return out_close(&out);
}

static const struct cli_verb *find_verb(const char *name)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(verbs); i++)
        if (strcmp(name, verbs[i].name) == 0)
            return &verbs[i];
    return NULL;
}

static int refuse_verb(const char *name)
{
    struct manifest_near near = {0};

    for (size_t i = 0; i < RX_ARRAY_LEN(verbs); i++)
        manifest_near(&near, verbs[i].name, strlen(verbs[i].name), name, strlen(name));
    if (near.word == NULL)
        return cli_refuse(NULL, "no command '%s'", name);
    return cli_refuse(NULL, "no command '%s'; did you mean %s?", name, near.word);
}

static int help(const char *about)
{
    const struct cli_verb *verb = about != NULL ? find_verb(about) : NULL;

    if (about != NULL && verb == NULL)
        return refuse_verb(about);
    return verb != NULL ? cli_help(verb) : print(render_usage, NULL);
}

/* Whoever starts us without a standard stream must not find its number given to a file or a ring,
 * and what we print inside that. The substitutes cannot be used the way the stream would be. */
static void hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

int main(int argc, char **argv)
{
    const struct cli_verb *verb;
    int code;

    hold_standard_streams();
    signals_install();
    if (argc < 2)
        return cli_refuse(NULL, "no command given");
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
        return print(render_version, NULL);
    if (strcmp(argv[1], "help") == 0)
        return help(argc > 2 ? argv[2] : NULL);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help(NULL);
    verb = find_verb(argv[1]);
    if (verb == NULL)
        return argv[1][0] == '-' ? cli_refuse(NULL, "unknown option %s", argv[1])
                                 : refuse_verb(argv[1]);
    code = verb->run(verb, argc - 1, argv + 1);
    return code == CLI_DONE ? CLI_OK : code;
}
