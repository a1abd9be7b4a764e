#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# What only one file needs is static there. Reads from standard input what nm -A -g says of all objects, and
# complains of a function or table that no other object wants and no test or bench names. Of the rooms whose
# folders are given as arguments. What podring.h exports is for others.
#
#   nm -A -g OBJECT... | exports.pl FOLDER...
use strict;
use warnings;

my $rooms = join("|", map { quotemeta } @ARGV);
my (%defined_in, %wanted, %named);

while (my $line = <STDIN>) {
    next unless $line =~ m{^(?:\S*?obj/)?(\S+)\.o:\s*[0-9a-f]*\s+(\w)\s+(\S+)};
    if ($2 eq "U") { $wanted{$3} = 1; }
    else { $defined_in{$3} = $1; }
}
die "no objects\n" unless %defined_in;
foreach my $file (glob("tests/*/*.[ch] perf/*.[ch] perf/*/*.[ch]")) {
    open(my $in, "<", $file) or die "$file: $!\n";
    while (my $text = <$in>) {
        $named{$_} = 1 foreach $text =~ /\w+/g;
    }
}

my @lonely = grep { $defined_in{$_} =~ m{^(?:$rooms)/} && !$wanted{$_} && !$named{$_} && !/^podring_/ } sort keys %defined_in;
print "$defined_in{$_}.c: $_ is needed in this file only: make it static\n" foreach @lonely;
exit 1 if @lonely;
print "  OK    exports\n";
