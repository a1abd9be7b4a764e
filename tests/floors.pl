#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Holds the order of the rooms (docs/architecture.md): reads every C file given and complains of an
# #include that its folder may not have, of a library it must not know, of a rule that is not pure,
# of a port that is called past the loop, of memory that is opened past it, and of a name from a room above.
use strict;
use warnings;

# A folder may include from itself and from these.
my $engine = "engine/reactor engine/store engine/box engine/pod";
my $cli = "engine/reactor probes/wire api api/manifest api/face";
my %may = (
    "engine/reactor"   => "",
    "engine/store"     => "engine/reactor",
    "engine/box"       => "engine/reactor engine/box/run",
    "engine/box/files" => "engine/reactor engine/box",
    "engine/box/lang"  => "engine/reactor engine/box",
    "engine/box/run"   => "engine/reactor engine/box engine/box/files engine/box/lang",
    "engine/box/cmd"   => "engine/reactor engine/box engine/box/run",
    "engine/pod"       => "engine/reactor engine/store engine/box",
    "engine/cluster"   => "engine/reactor engine/store engine/pod",
    "probes/wire"      => "engine/reactor engine/store engine/pod",
    "probes/carry"     => "$engine probes/wire",
    "probes/serve"     => "$engine probes/wire",
    "api/manifest"     => "engine/reactor engine/store",
    "api"              => "$engine engine/cluster probes/carry probes/serve api/manifest",
    "api/face"         => "engine/reactor api",
    "api/cli/advise"   => "api/cli api/cli/io engine/store $cli",
    "api/cli/sweep"    => "api/cli api/cli/io api/cli/crew engine/store $cli",
    "api/cli"          => "api/cli/sweep api/cli/advise api/cli/io api/cli/crew api/cli/bench api/cli/picture api/cli/show $cli",
    "api/cli/picture"  => "api/cli api/cli/io $cli",
    "api/cli/io"       => "api/cli api/cli/picture $cli",
    "api/cli/show"     => "api/cli api/cli/io engine/store $cli",
    "api/cli/crew"     => "api/cli api/cli/io $cli",
    "api/cli/bench"    => "api/cli api/cli/io api/cli/crew engine/pod probes/carry $cli",
);
# These may include from anywhere; nothing includes them.
my $above = qr{^(?:tests|perf)/};

# Of these folders only so much.
my %sees = (
    # Bytes only. Of others they know pairs of strings, and Go's words.
    "probes/wire" => qr{^(engine/reactor/(base|fit)\.h|engine/store/spec\.h|engine/pod/rule_words\.h)},
    "probes/carry" => qr{^(probes/wire/|engine/pod/(caller|carrier|runtime|program|rule_http_probe|rule_words)\.h
                        |engine/reactor/)}x,
    "probes/serve" => qr{^(probes/wire/|engine/pod/(server|rule_http_probe)\.h|engine/reactor/)},
    # What a kubelet makes of an answer goes for somebody else's server, too.
    "api/cli/bench" => qr{^(api/|probes/wire/|probes/carry/target\.h|engine/pod/rule_(http_probe|words)\.h
                        |engine/reactor/)}x,
);
my %only = (
    "liburing.h" => qr{^(engine/reactor/port_uring\.c|perf/|tests/)},
    "mimalloc.h" => qr{^(engine/reactor/mem_mi\.c|perf/|tests/)},
    "yaml.h" => qr{^api/manifest/yaml\.c},
    "zlib.h" => qr{^engine/box/cmd/zip\.c},
);
my $pure = qr{^(std(?:bool|def|int)\.h|math\.h|string\.h|errno\.h|engine/reactor/(time|base|hash|fit|op|civil)\.h
                |engine/(store|box|pod|cluster)/rule_\w+\.h|engine/store/(words|behaviour|\w*spec)\.h)$}x;
# The command line's own business: not for the library.
my $quiet = qr{\b(printf|puts|exit|signal|sigaction|pthread_create)\s*\(};
# Constants and types of the rooms above, which a comment or a limit could name without an #include.
my %foreign = (
    "engine/reactor" => qr{\b(?:POD|PODRING|CLUSTER|PROBE|SHELL)_[A-Z]\w+|\bstruct (?:pod|shell|cluster|probe)\w*},
    "engine/store" => qr{\bCLUSTER_[A-Z]\w+|\bstruct (?:shell|cluster|probe|podring)\w*},
    "engine/box" => qr{\bCLUSTER_[A-Z]\w+|\bstruct (?:cluster|probe|podring)\w*},
    "engine/pod" => qr{\bCLUSTER_[A-Z]\w+|\bstruct (?:cluster|podring)\w*},
);
# What the reactor is used for is no business of its comments.
my $users = qr{\b(?:pods?|kubelets?|manifests?|podring_\w+|podring\.h)\b}i;
my $bad = 0;

sub complain {
    my ($file, $line, $what) = @_;
    print "$file:$line: $what\n";
    $bad = 1;
}

sub folder_of {
    my ($path) = @_;
    return $path =~ m{^(.*)/} ? $1 : "";
}

sub check_include {
    my ($file, $line, $inc) = @_;
    my ($me, $it) = (folder_of($file), folder_of($inc));

    complain($file, $line, "must not include $inc") if $only{$inc} && $file !~ $only{$inc};
    return if $file =~ $above;
    complain($file, $line, "a rule is pure and must not include $inc")
        if $file =~ m{/rule_} && $inc !~ $pure;
    complain($file, $line, "$inc is for its own folder only") if $inc =~ /_int\.h$/ && $me ne $it;
    return if $inc !~ m{/} || $me eq $it || $inc =~ m{^(?:sys|linux|net|netinet|arpa|asm)/};
    complain($file, $line, "$me must not include $inc")
        unless (grep { $_ eq $it } split(/ /, $may{$me} // ""))
        && (!$sees{$me} || $inc =~ $sees{$me});
}

foreach my $file (@ARGV) {
    my $me = folder_of($file);
    my ($room) = $me =~ m{^(engine/\w+|\w+)};
    my $library = $file !~ $above && $me !~ m{^api/cli};

    complain($file, 1, "tests/floors.pl does not know the folder $me")
        unless $file =~ $above || exists $may{$me};
    open(my $in, "<", $file) or die "$file: $!\n";
    while (my $text = <$in>) {
        check_include($file, $., $1) if $text =~ /^\s*#\s*include\s*["<]([^">]+)[">]/;
        complain($file, $., "the library does not call $1")
            if $library && $text !~ m{^\s*/?\*} && $text =~ $quiet && $text !~ m{//|/\*.*$1};
        complain($file, $., "only the loop calls a port")
            if $file !~ $above && $text =~ /\bport->ops\b|\brx_port_ops\b/
            && $file !~ m{^engine/reactor/(?:loop\.c|port)};
        complain($file, $., "only the loop opens and seals the memory")
            if $file !~ $above && $text =~ /\brx_mem_enter\b/
            && $file !~ m{^engine/reactor/(?:loop\.c|mem\.[ch])$};
        complain($file, $., "$& is a name of a room above")
            if defined $foreign{$room} && $text !~ /^\s*#\s*include/ && $text =~ $foreign{$room};
        complain($file, $., "the reactor does not speak of \"$&\"")
            if $me eq "engine/reactor" && $text =~ m{^\s*(?:/?\*|[^"]*/\*)} && $text =~ $users;
    }
    close($in);
}
print "  OK    floors\n" unless $bad;
exit $bad;
