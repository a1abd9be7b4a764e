#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Writes the examples as C, for `podring example`: a name, the first sentence of each, and its text.
#
#   examples.pl docs/examples/NAME.yaml... >example_text.c
use strict;
use warnings;

sub quoted {
    my ($text) = @_;

    $text =~ s/([\\"])/\\$1/g;
    $text =~ s/\?\?/?\\?/g;
    return "\"$text\"";
}

print "/* Written by api/cli/examples.pl. */\n#include \"api/cli/example.h\"\n\n";
print "const struct cli_example cli_examples[] = {\n";
foreach my $path (@ARGV) {
    my ($name) = $path =~ m{([^/]+)\.yaml$} or die "$path: no example\n";
    open(my $in, "<", $path) or die "$path: $!\n";
    my @lines = <$in>;
    my $first = "";

    # The comment at its top, up to the end of its first sentence.
    foreach my $line (@lines) {
        last if $line !~ /^# (.*)/;
        $first .= ($first eq "" ? "" : " ") . $1;
        last if $first =~ s/^(.*?[.:])(?: .*|$)/$1/;
    }
    $first =~ s/[.:]$//;
    print "    {", quoted($name), ", ", quoted($first), ",\n";
    foreach my $line (@lines) {
        chomp($line);
        print "     ", quoted("$line") =~ s/"$/\\n"/r, "\n";
    }
    print "    },\n";
}
print "    {0}};\n";
