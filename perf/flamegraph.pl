#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# flamegraph.pl - folds the stacks of `perf script` and draws them as one self-contained SVG.
#
#     perf record -g ... && perf script | perl perf/flamegraph.pl [--title TEXT] [--fold] > flame.svg
#
# A box is a function, as wide as its share of the samples, callers below callees; boxes of one
# caller stand in alphabetical order, so that two graphs can be compared. Hovering tells the name,
# the samples and the share. Kernel functions are blue, libraries green, our own warm. --fold writes
# the folded stacks instead ("a;b;c 12"), for diffing by other tools.
use strict;
use warnings;

my ($title, $fold) = ("podring", 0);
while (@ARGV) {
    my $arg = shift;
    if ($arg eq "--title" && @ARGV) { $title = shift }
    elsif ($arg eq "--fold") { $fold = 1 }
    else { die "usage: perf script | flamegraph.pl [--title TEXT] [--fold]\n" }
}

my ($WIDTH, $ROW, $MIN_PX, $CHAR_PX) = (1200, 17, 0.3, 6.6);
my %stacks = read_stacks();
die "flamegraph.pl: no stacks on standard input; was it recorded with -g?\n" unless %stacks;
if ($fold) {
    print "$_ $stacks{$_}\n" foreach sort keys %stacks;
    exit 0;
}
my $root = { name => "all", kind => "own", count => 0, calls => {} };
add($root, [split /;/, $_], $stacks{$_}) foreach keys %stacks;
draw();

# A sample of perf script is a head line, then a line a frame, innermost first, then an empty line.
sub read_stacks {
    my (%count, @frames);
    my $inside = 0;
    while (my $line = <STDIN>) {
        chomp $line;
        if ($line eq "") {
            $count{join(";", reverse @frames)}++ if $inside && @frames;
            @frames = ();
            $inside = 0;
        } elsif ($line =~ /^\s+[0-9a-f]+ (.*) \((.*)\)\s*$/) {
            my ($name, $file) = ($1, $2);
            $name =~ s/\+0x[0-9a-f]+$//;
            $name =~ s/;/:/g;
            $name = "[" . ($file =~ s{.*/}{}r) . "]" if $name eq "[unknown]";
            push @frames, $name . mark($file);
        } elsif ($line =~ /^\S/) {
            $inside = 1;
        }
    }
    $count{join(";", reverse @frames)}++ if $inside && @frames;
    return %count;
}

# What colour a frame gets travels at the end of its name.
sub mark {
    my ($file) = @_;
    return "_[k]" if $file =~ /^\[(kernel|guest)|\.ko$/;
    return "_[l]" if $file =~ /\.so(\.|$)|^\[vdso\]/;
    return "";
}

sub add {
    my ($at, $frames, $count) = @_;
    $at->{count} += $count;
    foreach my $name (@$frames) {
        $at = $at->{calls}{$name} ||= { name => $name, count => 0, calls => {} };
        $at->{count} += $count;
    }
}

sub depth {
    my ($at) = @_;
    my $deepest = 0;
    foreach my $child (values %{ $at->{calls} }) {
        next if $child->{count} / $root->{count} * $WIDTH < $MIN_PX;
        my $d = depth($child);
        $deepest = $d if $d > $deepest;
    }
    return $deepest + 1;
}

sub escape {
    my ($text) = @_;
    $text =~ s/&/&amp;/g;
    $text =~ s/</&lt;/g;
    $text =~ s/>/&gt;/g;
    return $text;
}

# The same name has the same shade everywhere.
sub colour {
    my ($name) = @_;
    my $hash = 0;
    $hash = ($hash * 31 + ord $_) % 1009 foreach split //, $name;
    my $shade = $hash % 50;
    return sprintf("rgb(%d,%d,%d)", 110 + $shade, 150 + $shade, 225) if $name =~ /_\[k\]$/;
    return sprintf("rgb(%d,%d,%d)", 120 + $shade, 200, 120 + $shade) if $name =~ /_\[l\]$/;
    return sprintf("rgb(%d,%d,%d)", 240, 130 + 2 * $shade, 60 + $shade);
}

sub box {
    my ($at, $x, $level, $height) = @_;
    my $w = $at->{count} / $root->{count} * $WIDTH;
    return if $w < $MIN_PX;
    my $y = $height - ($level + 1) * $ROW - 4;
    my $name = $at->{name} =~ s/_\[[kl]\]$//r;
    my $room = int(($w - 4) / $CHAR_PX);
    my $label = length($name) <= $room ? $name : $room > 4 ? substr($name, 0, $room - 2) . ".." : "";
    printf "<g><title>%s: %d samples, %.2f %%</title>", escape($name), $at->{count},
        100 * $at->{count} / $root->{count};
    printf "<rect x='%.1f' y='%d' width='%.1f' height='%d' fill='%s' rx='1'/>", $x, $y,
        $w > 0.6 ? $w - 0.4 : $w, $ROW - 1, colour($at->{name});
    printf "<text x='%.1f' y='%d'>%s</text>", $x + 3, $y + 12, escape($label) if $label ne "";
    print "</g>\n";
    foreach my $child (sort { $a->{name} cmp $b->{name} } values %{ $at->{calls} }) {
        box($child, $x, $level + 1, $height);
        $x += $child->{count} / $root->{count} * $WIDTH;
    }
}

sub draw {
    my $height = depth($root) * $ROW + 40;
    print "<?xml version='1.0' encoding='UTF-8'?>\n";
    print "<svg xmlns='http://www.w3.org/2000/svg' width='$WIDTH' height='$height' ",
        "viewBox='0 0 $WIDTH $height' font-family='monospace' font-size='11'>\n";
    print "<style>g:hover rect{stroke:#000}text{pointer-events:none}</style>\n";
    print "<rect width='100%' height='100%' fill='#fff'/>\n";
    printf "<text x='8' y='20' font-size='14'>%s: %d samples</text>\n", escape($title),
        $root->{count};
    box($root, 0, 0, $height);
    print "</svg>\n";
}
