#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Holds the floors of the house (docs/architecture.md): reads the #includes of every C file given and
# complains of each that points upwards, names a library it must not know, or makes a rule impure.
use strict;
use warnings;

my %rank = (
    "engine/reactor" => 0, "engine/box" => 1, "engine/store" => 1, "engine/pod" => 2, "engine/cluster" => 3,
    "probes" => 3, "api" => 4, "tests" => 5, "perf" => 5,
);
my %only = (
    "liburing.h" => qr{^(engine/reactor/port_uring\.c|perf/|tests/)},
    "mimalloc.h" => qr{^(engine/reactor/mem_mi\.c|perf/|tests/)},
    "yaml.h" => qr{^api/manifest/yaml\.c},
    "zlib.h" => qr{^engine/box/cmd/zip\.c},
);
my $pure = qr{^(std\w+\.h|string\.h|errno\.h|engine/reactor/(time|base|text|fit|op|hash)\.h|engine/(box|store|pod|cluster)/rule_\w+\.h|engine/store/(words|spec)\.h)$};
# Rooms that see less than their floor would let them.
my %sees = (
    "api/manifest" => qr{^(api/manifest|engine/store|engine/reactor)/},
    # Bytes only. Of others they know pairs of strings, and Go's words.
    "probes/wire" => qr{^(probes/wire/|engine/reactor/(base|text)\.h|engine/store/spec\.h|engine/pod/rule_words\.h)},
    "probes/carry" => qr{^(probes/(wire|carry)/|engine/pod/(carrier|runtime|program|rule_http_probe|rule_words)\.h|engine/reactor/)},
    "probes/serve" => qr{^(probes/(wire|serve)/|engine/pod/(server|rule_http_probe)\.h|engine/reactor/)},
);
# The shell's own business (design, names): not for the library.
my $quiet = qr{\b(printf|puts|exit|signal|sigaction|pthread_create)\s*\(};
my $bad = 0;

sub floor_of {
    my ($path) = @_;
    foreach my $f (sort { length $b <=> length $a } keys %rank) {
        return $f if index($path, "$f/") == 0;
    }
    return "";
}

sub complain {
    my ($file, $line, $what) = @_;
    print "$file:$line: $what\n";
    $bad = 1;
}

foreach my $file (@ARGV) {
    my $me = floor_of($file);
    open(my $in, "<", $file) or die "$file: $!\n";
    while (my $text = <$in>) {
        if ($rank{$me} < 5 && $file !~ m{^api/cli/} && $text !~ m{^\s*/?\*} && $text =~ $quiet
            && $text !~ m{//|/\*.*$1}) {
            complain($file, $., "the library does not call $1");
        }
        next unless $text =~ /^\s*#\s*include\s*["<]([^">]+)[">]/;
        my $inc = $1;
        my $it = floor_of($inc);
        complain($file, $., "must not include $inc") if $only{$inc} && $file !~ $only{$inc};
        complain($file, $., "$me must not include $inc")
            if $it ne "" && $me ne $it && $rank{$me} < 5 && $rank{$it} >= $rank{$me};
        foreach my $room (keys %sees) {
            complain($file, $., "$room must not include $inc")
                if $it ne "" && index($file, "$room/") == 0 && $inc !~ $sees{$room};
        }
        complain($file, $., "$inc is for its own room only")
            if $inc =~ m{^(engine/box)/\w+/} && $me ne $1 && $rank{$me} < 5;
        complain($file, $., "a rule is pure and must not include $inc")
            if $file =~ m{/rule_} && $inc !~ $pure;
    }
    close($in);
}
print "  OK    floors\n" unless $bad;
exit $bad;
