#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# flamegraph.pl - folds the stacks of `perf script` and draws them as one self-contained SVG.
#
#     perf record -g ... && perf script | perl perf/flamegraph.pl [--title TEXT] [--fold] > flame.svg
#
# A box is a function, as wide as its share of the samples, callers below callees; boxes of one
# caller stand in alphabetical order and the same name has the same colour everywhere, so that two
# graphs can be compared by eye. Hovering tells the name, the samples and the share, with and without
# callees; below the graph stand the functions with the largest share of their own. --fold writes the
# folded stacks instead ("a;b;c 12"), for diffing by other tools.
#
# One sample counts one, whatever its period: right for a fixed frequency. Clones that the compiler
# makes of a function (.constprop.0, .part.0, .cold) count as the function.
use strict;
use warnings;

my ($title, $fold) = ("podring", 0);
while (@ARGV) {
    my $arg = shift;
    if ($arg eq "--title" && @ARGV) { $title = shift }
    elsif ($arg eq "--fold") { $fold = 1 }
    else { die "usage: perf script | flamegraph.pl [--title TEXT] [--fold]\n" }
}

# The layout, in pixels. Boxes narrower than MIN are left out: nobody could see or hit them.
my ($WIDTH, $SIDE, $HEAD, $ROW, $MIN, $LETTER) = (1240, 20, 64, 18, 0.4, 6.65);
my ($LIST, $LIST_ROW) = (12, 18);

# What a frame belongs to travels at the end of its name: kernel, library, nobody knows, our own.
my %kinds = (
    "_[k]" => { name => "kernel", rgb => [120, 160, 228], vary => [40, 30, 10] },
    "_[l]" => { name => "libraries", rgb => [128, 196, 128], vary => [44, 16, 44] },
    "_[u]" => { name => "unknown", rgb => [190, 190, 190], vary => [20, 20, 20] },
    "" => { name => "podring", rgb => [240, 140, 66], vary => [8, 78, 44] },
);

my $event = "";
my %stacks = read_stacks();
die "flamegraph.pl: no stacks on standard input; was it recorded with -g?\n" unless %stacks;
if ($fold) {
    print "$_ $stacks{$_}\n" foreach sort keys %stacks;
    exit 0;
}
my $root = { name => "all", count => 0, own => 0, calls => {} };
my %own;
add($root, [split /;/, $_], $stacks{$_}) foreach sort keys %stacks;
my $unit = ($WIDTH - 2 * $SIDE) / $root->{count};
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
            push @frames, frame($1, $2);
        } elsif ($line =~ /^\S/) {
            $inside = 1;
            $event = $1 if $event eq "" && $line =~ /:\s+(?:\d+\s+)?([A-Za-z][\w.-]*)(?::\w*)?:\s*$/;
        }
    }
    $count{join(";", reverse @frames)}++ if $inside && @frames;
    return %count;
}

sub frame {
    my ($name, $file) = @_;
    my $mark = $file =~ /^\[(kernel|guest)|\.ko$/ ? "_[k]"
        : $file =~ /\.so(\.|$)|^\[vdso\]/ ? "_[l]"
        : $file =~ /^\[unknown\]/ ? "_[u]" : "";
    $name =~ s/\+0x[0-9a-f]+$//;
    $name =~ s/(\.(constprop|isra|part|lto_priv)\.\d+|\.cold)+$//;
    $name =~ s/;/:/g;
    $name = "[" . ($file =~ s{.*/}{}r =~ tr/[]//dr) . "]" if $name eq "[unknown]";
    return $name . $mark;
}

sub add {
    my ($at, $frames, $count) = @_;
    $at->{count} += $count;
    foreach my $name (@$frames) {
        $at = $at->{calls}{$name} ||= { name => $name, count => 0, own => 0, calls => {} };
        $at->{count} += $count;
    }
    $at->{own} += $count;
    $own{ $at->{name} } += $count;
}

sub depth {
    my ($at) = @_;
    my $deepest = 0;
    foreach my $child (values %{ $at->{calls} }) {
        next if $child->{count} * $unit < $MIN;
        my $d = depth($child);
        $deepest = $d if $d > $deepest;
    }
    return $deepest + 1;
}

# ---- drawing -----------------------------------------------------------------------------------

sub escape {
    my ($text) = @_;
    $text =~ s/&/&amp;/g;
    $text =~ s/</&lt;/g;
    $text =~ s/>/&gt;/g;
    return $text;
}

sub share {
    my ($count) = @_;
    return sprintf("%.2f %%", 100 * $count / $root->{count});
}

sub kind_of {
    my ($name) = @_;
    return $kinds{ $name =~ /(_\[[klu]\])$/ ? $1 : "" };
}

sub bare {
    my ($name) = @_;
    return $name =~ s/_\[[klu]\]$//r;
}

sub colour {
    my ($name) = @_;
    my $kind = kind_of($name);
    my $hash = 0;
    return "rgb(222,214,200)" if $name eq "all";
    $hash = ($hash * 31 + ord $_) % 1009 foreach split //, $name;
    my $shade = $hash % 50 / 49;
    return sprintf("rgb(%d,%d,%d)", map { $kind->{rgb}[$_] + $shade * $kind->{vary}[$_] } 0 .. 2);
}

# The name, and the share if both have room; or the start of the name; or nothing.
sub label {
    my ($name, $count, $width) = @_;
    my $room = int(($width - 6) / $LETTER);
    my $whole = sprintf("%s %.1f %%", $name, 100 * $count / $root->{count});
    return $whole if length($whole) <= $room;
    return $name if length($name) <= $room;
    return $room > 3 ? substr($name, 0, $room - 2) . ".." : "";
}

sub box {
    my ($at, $x, $level, $bottom) = @_;
    my $w = $at->{count} * $unit;
    return if $w < $MIN;
    my ($name, $y) = (bare($at->{name}), $bottom - ($level + 1) * $ROW);
    my $label = label($name, $at->{count}, $w);
    printf "<g><title>%s\n%d samples, %s; itself %d, %s</title>", escape($name), $at->{count},
        share($at->{count}), $at->{own}, share($at->{own});
    printf "<rect x='%.1f' y='%d' width='%.1f' height='%d' fill='%s'/>", $x, $y,
        $w > 1 ? $w - 0.5 : $w, $ROW - 1, colour($at->{name});
    printf "<text x='%.1f' y='%d'>%s</text>", $x + 3, $y + 13, escape($label) if $label ne "";
    print "</g>\n";
    foreach my $child (sort { $a->{name} cmp $b->{name} } values %{ $at->{calls} }) {
        box($child, $x, $level + 1, $bottom);
        $x += $child->{count} * $unit;
    }
}

sub legend {
    my $x = $WIDTH - $SIDE - 400;
    foreach my $mark ("", "_[l]", "_[k]", "_[u]") {
        printf "<rect x='%d' y='34' width='12' height='12' fill='%s'/><text x='%d' y='44'>%s</text>\n",
            $x, colour("x$mark"), $x + 17, $kinds{$mark}{name};
        $x += 100;
    }
}

sub list {
    my ($y) = @_;
    my @names = sort { $own{$b} <=> $own{$a} || $a cmp $b } keys %own;
    splice @names, $LIST if @names > $LIST;
    print "<text x='$SIDE' y='$y' font-weight='bold'>the largest shares of their own</text>\n";
    foreach my $name (@names) {
        $y += $LIST_ROW;
        my $w = 400 * $own{$name} / $own{ $names[0] };
        printf "<text x='%d' y='%d' text-anchor='end'>%s</text>", $SIDE + 60, $y, share($own{$name});
        printf "<rect x='%d' y='%d' width='%.1f' height='%d' fill='%s'/>", $SIDE + 70, $y - 12, $w,
            $LIST_ROW - 3, colour($name);
        printf "<text x='%.1f' y='%d'>%s</text>\n", $SIDE + 78 + $w, $y, escape(bare($name));
    }
}

sub draw {
    my $bottom = $HEAD + depth($root) * $ROW;
    my $rows = keys(%own) < $LIST ? keys(%own) : $LIST;
    my $height = $bottom + 34 + $rows * $LIST_ROW + 16;
    print "<?xml version='1.0' encoding='UTF-8'?>\n";
    print "<svg xmlns='http://www.w3.org/2000/svg' width='$WIDTH' height='$height' ",
        "viewBox='0 0 $WIDTH $height' font-family='DejaVu Sans Mono,monospace' font-size='11'>\n";
    print "<style>g:hover rect{stroke:#000}g text{pointer-events:none}</style>\n";
    print "<rect width='100%' height='100%' fill='#fff'/>\n";
    printf "<text x='%d' y='24' font-size='15' font-weight='bold'>%s</text>\n", $SIDE,
        escape(length($title) > 125 ? substr($title, 0, 123) . ".." : $title);
    printf "<text x='%d' y='44'>%d samples%s; a box is as wide as its share, callees above callers" .
        "</text>\n", $SIDE, $root->{count}, $event ne "" ? " of $event" : "";
    legend();
    box($root, $SIDE, 0, $bottom);
    list($bottom + 34);
    print "</svg>\n";
}
