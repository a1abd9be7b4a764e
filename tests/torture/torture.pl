#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Lets the n-th allocation of a podring command fail, for every n, alone and with all that follow. What must come
# out is what comes out otherwise, or exit 71 and a sentence that says "out of memory": never a crash, never a
# hang, never other content, never blame on the manifest.
#
#   torture.pl [--share K] [--seed S] [--only NAME] [--at N | --from N] BUILD
#
# --share K tries every K-th n only, from an offset that the seed says; --at and --from show one run.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use Getopt::Long;
use POSIX ();

my ($share, $seed, $jobs) = (1, 0, 2);
my ($only, $at, $from);
GetOptions("share=i" => \$share, "seed=i" => \$seed, "only=s" => \$only, "at=i" => \$at, "from=i" => \$from,
    "jobs=i" => \$jobs) && @ARGV == 1 or die "usage: torture.pl [OPTION]... BUILD\n";
my $build = abs_path($ARGV[0]);
my $here = abs_path(".");
my ($ex, $gold, $mine) = ("$here/docs/examples", "$here/tests/golden", "$here/tests/torture");

# Name, arguments. Files that a command writes are in its own directory; what the later ones read is made below.
# "loose": real time, so that only how it ends can be said.
my @commands = (
    ["check-shell", "check $ex/shell-pid1.yaml $ex/pre-stop.yaml"],
    ["check-config", "check --strict $gold/manifests/configured-pod.yaml $gold/manifests/drill.yaml"],
    ["check-many", "check $ex/ten-thousand.yaml $gold/manifests/nginx-deployment.yaml"],
    ["check-refused", "check $mine/refused.yaml"],
    ["shell", "simulate $ex/shell-pid1.yaml -q -o ndjson"],
    ["volumes", "simulate $ex/corrupted-volume.yaml --for 2m -q -o ndjson"],
    ["hooks", "simulate $ex/pre-stop.yaml $ex/post-start.yaml --for 2m -q -o timeline"],
    ["init", "simulate $ex/init-wait.yaml --for 2m -q -o json"],
    ["workloads", "simulate $gold/workloads.yaml --for 2m -q -o wide"],
    ["behavior", "simulate $ex/flapping.yaml $ex/crashloop.yaml --for 3m -q --timing kubelet"],
    ["policies", "simulate $gold/policies.yaml --for 2m -q -o ndjson"],
    ["hosts", "simulate $gold/hosts.yaml --for 1m -q -o ndjson --net memory --net-delay 1ms..5ms"],
    ["scenario", "simulate $ex/graceful-delete.yaml $ex/image-tag.yaml --for 3m -q -o timeline --no-park"],
    ["sets", "simulate $ex/statefulset.yaml $ex/statefulset-scale-down.yaml --for 2m -q -o ndjson"],
    ["nodes", "simulate $ex/three-nodes.yaml $ex/undisturbed.yaml --for 2m -q -o ndjson"],
    ["scale", "simulate $ex/traffic-autoscaler.yaml --for 3m -q -o json"],
    ["quota", "simulate $ex/team-quota.yaml --for 2m -q -o timeline"],
    ["page", "simulate $ex/crashloop.yaml $ex/graceful-delete.yaml --for 2m -q -o html"],
    ["trace", "simulate $ex/crashloop.yaml $ex/graceful-delete.yaml --for 2m -q -o trace"],
    ["workers", "simulate $gold/workloads.yaml --for 1m -q -o json --workers 2"],
    ["files", "simulate $ex/readiness-guard.yaml --for 1m -q --events e --result r --metrics m"],
    ["share", "simulate $ex/ten-thousand.yaml --replicas 3 --for 20s -q --shard 0/2 --result -"],
    ["describe", "describe $ex/crashloop.yaml deaf --at 2m"],
    ["get", "get all,ev $gold/workloads.yaml --at 1m -o yaml"],
    ["get-wide", "get all,ev $gold/workloads.yaml --at 1m -o wide --show-labels"],
    ["describe-all", "describe deploy,sts,job $gold/workloads.yaml --at 1m"],
    ["exec", "exec $ex/corrupted-volume.yaml forgets --at 30s -- ls -l /"],
    ["logs", "logs $ex/shell-pid1.yaml traps --at 25s"],
    ["advise", "advise $mine/advised.yaml --only pre-stop,shell-pid1,one-replica -o json"],
    ["advise-patch", "advise $mine/advised.yaml --only labels,pre-stop -o patch"],
    ["look", "simulate $ex/crashloop.yaml $ex/flapping.yaml --for 2m -o wide"],
    ["sweep", "sweep $mine/advised.yaml --vary deployment/web:spec.replicas=1,2 --seeds 1..2 --for 1m -q -o csv"],
    ["sweep-page", "sweep $mine/advised.yaml --app web:start=1s..5s..4s --vary deployment/web:spec.replicas=1..2 --for 1m -q -o html"],
    ["merge", "merge -o json BASE/r0 BASE/r1"],
    ["merge-table", "merge --metrics m BASE/r1 BASE/r0"],
    ["states", "states --knobs"],
    ["bench", "bench --pods 20 --for 1ms --warm-up 1ms -q --net memory", "loose"],
    ["run", "run $ex/readiness-guard.yaml --for 20ms -q --net memory", "loose"],
);
@commands = grep { $_->[0] =~ /^(?:$only)$/ } @commands if defined $only;

my $base = tempdir("podring-torture-XXXXXX", TMPDIR => 1, CLEANUP => 1);

# ---- one run ------------------------------------------------------------------------------------

sub slurp {
    my ($path) = @_;
    open(my $in, "<", $path) or return "";
    local $/;
    return <$in> // "";
}

# What may differ: how much memory was asked for, and how long it took.
sub plain {
    my ($text) = @_;
    $text =~ s/^podring: simulated .*\n//mg;
    $text =~ s/("?(?:podring_)?(?:steady_)?(?:memory|memory_peak|allocations)(?:_bytes|_total)?"?[: ] *)\d+/$1N/g;
    return $text;
}

# Runs the command in an empty directory, with oom.so and those variables. What came of it: code (128 + n:
# signal n), both streams, the files it left.
sub run {
    my ($dir, $args, %env) = @_;
    my %ran = (files => {});

    mkdir($dir) unless -d $dir;
    system("rm", "-rf", "$dir/d") if -e "$dir/d";
    mkdir("$dir/d") or die "$dir/d: $!\n";
    my $pid = fork() // die "fork: $!\n";
    if ($pid == 0) {
        chdir("$dir/d");
        open(STDIN, "<", "/dev/null");
        open(STDOUT, ">", "$dir/out");
        open(STDERR, ">", "$dir/err");
        $ENV{LD_PRELOAD} = "$build/oom.so";
        $ENV{$_} = $env{$_} foreach keys %env;
        alarm(20); # stays set: what hangs ends with SIGALRM
        exec("$build/podring", split(/ /, $args)) or exit(127);
    }
    waitpid($pid, 0);
    $ran{code} = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    $ran{out} = plain(slurp("$dir/out"));
    $ran{err} = slurp("$dir/err");
    foreach my $path (glob("$dir/d/*")) {
        my ($name) = $path =~ m{([^/]*)$};
        $ran{files}{$name} = plain(slurp($path));
    }
    return \%ran;
}

# Why it must not have ended so; "" if it may.
sub wrong {
    my ($was, $ran, $loose) = @_;

    return "ended by signal " . ($ran->{code} - 128) if $ran->{code} >= 128;
    if ($ran->{code} == 71) {
        return "exit 71, but no word of memory" unless $ran->{err} =~ /memory/i;
        return "exit 71, but not the beginning of the output" unless $loose || index($was->{out}, $ran->{out}) == 0;
        foreach my $name (keys %{$ran->{files}}) {
            return "exit 71, but the file $name is another" unless $loose
                || index($was->{files}{$name} // "", $ran->{files}{$name}) == 0;
        }
        return "";
    }
    return "exit $ran->{code}" if $ran->{code} != $was->{code};
    return "" if $loose;
    return "another output" if $ran->{out} ne $was->{out};
    return "other words on standard error" if plain($ran->{err}) ne plain($was->{err});
    foreach my $name (sort keys %{{%{$was->{files}}, %{$ran->{files}}}}) {
        return "the file $name is another" if ($was->{files}{$name} // "") ne ($ran->{files}{$name} // "");
    }
    return "";
}

# ---- one command --------------------------------------------------------------------------------

sub again {
    my ($args, $mode, $n) = @_;
    return "OOM_TRACE=1 $mode=$n LD_PRELOAD=$build/oom.so $build/podring $args";
}

# Prints a line; returns how many runs were wrong.
sub torture {
    my ($dir, $name, $args, $how) = @_;
    my $loose = defined $how;
    my $was = run($dir, $args, OOM_COUNT => "$dir/count");
    my $count = int(slurp("$dir/count"));
    my ($runs, $bad, $told, $refused) = (0, 0, 0, 0);

    foreach my $mode ("OOM_AT", "OOM_FROM") {
        for (my $n = 1 + $seed % $share; $n <= $count; $n += $share) {
            my $ran = run($dir, $args, $mode => $n);
            my $why = wrong($was, $ran, $loose);

            $runs++;
            $refused++ if $ran->{code} == 71;
            next if $why eq "";
            $bad++;
            next if $told++ >= 3;
            print "    $why\n      " . again($args, $mode, $n) . "\n";
            print "      says: $1\n" if $ran->{err} =~ /^(.*)/ && $1 ne "";
        }
    }
    printf "  OOM   %-14s %5d allocations, %5d runs, %5d refused, %d wrong\n", $name, $count, $runs, $refused, $bad;
    return $bad;
}

sub show {
    my ($name, $args) = @{$commands[0]};
    my ($mode, $n) = defined $at ? ("OOM_AT", $at) : ("OOM_FROM", $from);
    my $was = run("$base/j", $args);
    my $ran = run("$base/j", $args, $mode => $n, OOM_TRACE => 1);

    print "exit $ran->{code}, " . (wrong($was, $ran, 0) || "as it must be") . "\n$ran->{err}";
}

# ---- all of them --------------------------------------------------------------------------------

$| = 1;
foreach my $i (0, 1) {
    system("$build/podring simulate $gold/workloads.yaml --for 1m -q --shard $i/2 --result $base/r$i") == 0
        or die "torture: cannot make results\n";
}
$_->[1] =~ s/BASE/$base/g foreach @commands;
if (defined $at || defined $from) {
    @commands == 1 or die "torture: --at and --from need --only NAME\n";
    show();
    exit(0);
}
my %child;
foreach my $job (0 .. $jobs - 1) {
    my $pid = fork() // die "fork: $!\n";
    if ($pid == 0) {
        my $bad = 0;
        for (my $i = $job; $i < @commands; $i += $jobs) {
            $bad += torture("$base/j$job", @{$commands[$i]});
        }
        POSIX::_exit($bad > 0 ? 1 : 0);
    }
    $child{$pid} = 1;
}
my $failed = 0;
while ((my $pid = wait()) > 0) {
    $failed = 1 if delete $child{$pid} && $? != 0;
}
print $failed ? "torture: an allocation that fails is not told\n" : "  OK    torture\n";
exit($failed);
