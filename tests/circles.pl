#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Inside a room the sources stand in an order, too: who is called does not call back. Reads from standard
# input what nm -A -g says of all objects, works out which sources of a room need each other, and compares
# that with tests/circles. A circle that is not listed there is an error; so is a source in a listed one that
# does not belong to it any more: then the list gets shorter.
#
#   nm -A -g OBJECT... | circles.pl LIST
use strict;
use warnings;

my ($list) = @ARGV;
my (%room_of, %defined_in, %wants, %calls);

# ---- who needs whom -----------------------------------------------------------------------------

sub room_of {
    my ($source) = @_;
    return $1 if $source =~ m{^(engine/\w+|api/\w+)/};
    return $source =~ m{^(\w+)/} ? $1 : "";
}

while (my $line = <STDIN>) {
    next unless $line =~ m{^(?:\S*?obj/)?(\S+)\.o:\s*[0-9a-f]*\s+(\w)\s+(\S+)};
    my ($source, $type, $symbol) = ($1, $2, $3);

    $room_of{$source} = room_of($source);
    if ($type eq "U") { $wants{$source}{$symbol} = 1; }
    else { $defined_in{$symbol} = $source; }
}
die "no objects\n" unless %room_of;
foreach my $source (keys %wants) {
    foreach my $symbol (sort keys %{$wants{$source}}) {
        my $other = $defined_in{$symbol};

        $calls{$source}{$other} //= $symbol
            if defined $other && $other ne $source && $room_of{$other} eq $room_of{$source};
    }
}

# ---- circles (Tarjan's strongly connected components) -------------------------------------------

my (%index, %low, %on, @stack, @circles);
my $next = 0;

sub visit {
    my ($v) = @_;

    $index{$v} = $low{$v} = $next++;
    push(@stack, $v);
    $on{$v} = 1;
    foreach my $w (sort keys %{$calls{$v} // {}}) {
        if (!exists $index{$w}) {
            visit($w);
            $low{$v} = $low{$w} if $low{$w} < $low{$v};
        } elsif ($on{$w} && $index{$w} < $low{$v}) {
            $low{$v} = $index{$w};
        }
    }
    return if $low{$v} != $index{$v};
    my @circle;
    do {
        push(@circle, pop(@stack));
        delete $on{$circle[-1]};
    } while ($circle[-1] ne $v);
    push(@circles, [sort @circle]) if @circle > 1;
}

no warnings "recursion";
foreach my $source (sort keys %room_of) {
    visit($source) unless exists $index{$source};
}

# ---- the list -----------------------------------------------------------------------------------

# "ROOM NAME: sources" a line, each source without its room's folder; lines that begin with a blank go on.
sub read_list {
    my ($path) = @_;
    my (%allowed, $name, $room);

    open(my $in, "<", $path) or die "$path: $!\n";
    while (my $line = <$in>) {
        next if $line =~ /^(#.*)?$/;
        if ($line =~ s/^(\S+) ([^:]+)://) { ($room, $name) = ($1, "$1 $2"); }
        die "$path:$.: what is this?\n" unless defined $name && ($line =~ /^\s/ || $line eq "");
        $allowed{$name}{"$room/$_"} = 1 foreach split(" ", $line);
    }
    close($in);
    return %allowed;
}

my %allowed = read_list($list);
my ($bad, %met) = (0);

# One way round, as an example.
sub example {
    my (@circle) = @_;
    my %in = map { $_ => 1 } @circle;
    my (@way, %seen) = ($circle[0]);

    while (!$seen{$way[-1]}) {
        $seen{$way[-1]} = 1;
        my ($to) = grep { $in{$_} } sort keys %{$calls{$way[-1]}};
        push(@way, $to);
    }
    return join(", ", map { "$way[$_] calls $calls{$way[$_]}{$way[$_ + 1]}" } 0 .. $#way - 1);
}

foreach my $circle (@circles) {
    my ($name) = grep { my $n = $_; grep { $allowed{$n}{$_} } @$circle } sort keys %allowed;
    my @new = grep { !defined $name || !$allowed{$name}{$_} } @$circle;

    $met{$name}{$_} = 1 foreach defined $name ? @$circle : ();
    next unless @new;
    $bad = 1;
    print defined $name ? "$list: error: new in the circle \"$name\": @new\n"
        : "error: a circle: @$circle\n", "  for example: ", example(@$circle), "\n";
}
foreach my $name (sort keys %allowed) {
    my @gone = grep { !$met{$name}{$_} } sort keys %{$allowed{$name}};

    next unless @gone;
    $bad = 1;
    print "$list: error: not in the circle \"$name\" any more, strike it: @gone\n";
}
print "  OK    circles\n" unless $bad;
exit $bad;
