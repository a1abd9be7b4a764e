#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Puts each bug of tests/mutants/list into a copy of the sources, builds it, and lets the tests look:
# first the suites that the list names, then random worlds, then all of them. Prints who was noticed
# by whom and who was not, and the share of those that could be. One that does not compile is no bug that
# anybody could have missed: it counts for nothing, and is an error at the end.
#
#   mutants.pl [--only TEXT] [--again] [--whole PATTERN] [--check] [--compile] [--jobs N]
#
# --only: those whose file, function or line has TEXT in it; --again: not those that earlier runs saw
# noticed, which build/mutants/noticed remembers, and which count as noticed; --whole: the suites of the
# last look, "" for none; --check: only whether every mutant still applies; --compile: and compiles.
use strict;
use warnings;
use File::Basename;
use File::Path qw(make_path);
use Getopt::Long;
use POSIX ();

my ($only, $again, $whole, $check, $compile, $jobs) = ("", 0, "*", 0, 0, 2);
GetOptions("only=s" => \$only, "again" => \$again, "whole=s" => \$whole, "check" => \$check,
    "compile" => \$compile, "jobs=i" => \$jobs)
    or die "usage: mutants.pl [--only TEXT] [--again] [--whole PATTERN] [--check] [--compile] [--jobs N]\n";
my $list = "tests/mutants/list";
my $room = "build/mutants";
my $noticed_before = "$room/noticed"; # names, one a line

# ---- the list -----------------------------------------------------------------------------------

sub slurp {
    my ($path) = @_;
    open(my $in, "<", $path) or die "$path: $!\n";
    local $/;
    return <$in>;
}

sub read_list {
    my ($file, $suites, $function, @mutants) = ("", "", "");

    foreach my $line (split(/\n/, slurp($list))) {
        if ($line =~ /^file (\S+)$/) { ($file, $function) = ($1, ""); }
        elsif ($line =~ /^suites (\S+)$/) { $suites = $1; }
        elsif ($line =~ /^in (\w+)$/) { $function = $1; }
        elsif ($line =~ /^- (.+)$/) {
            push(@mutants, {file => $file, suites => $suites, in => $function, old => $1});
        }
        elsif ($line =~ /^\+ (.+)$/) { $mutants[-1]{new} = $1; }
        elsif ($line =~ /^= (.+)$/) { $mutants[-1]{unseen} = $1; }
        elsif ($line !~ /^(#.*)?$/) { die "$list: what is \"$line\"?\n"; }
    }
    return @mutants;
}

# The text of the file with the bug in it; undef and a complaint if its line is not there, or twice.
sub mutate {
    my ($m) = @_;
    my (@lines, @at);
    my $inside = 0;

    @lines = split(/\n/, slurp($m->{file}), -1);
    for (my $i = 0; $i < @lines; $i++) {
        my $begins = $lines[$i] =~ /^\w.*\b\Q$m->{in}\E\(/ && $lines[$i] !~ /;\s*$/;

        $inside = 1 if $begins;
        push(@at, $i) if $inside && $lines[$i] =~ /^\s*\Q$m->{old}\E$/;
        $inside = 0 if $lines[$i] eq "}";
    }
    if (@at != 1) {
        print "$list: error: $m->{file} has ", scalar(@at), " times in $m->{in}: $m->{old}\n";
        return undef;
    }
    $lines[$at[0]] =~ s/^(\s*).*/$1$m->{new}/;
    return join("\n", @lines);
}

# ---- one mutant ---------------------------------------------------------------------------------

sub put {
    my ($path, $text) = @_;
    open(my $out, ">", $path) or die "$path: $!\n";
    print $out $text;
    close($out);
}

sub append {
    my ($path, $line) = @_;
    open(my $out, ">>", $path) or die "$path: $!\n";
    print $out "$line\n";
    close($out);
}

sub quietly {
    my ($dir, $command) = @_;
    return system("cd $dir && ($command) >look.log 2>&1") == 0;
}

# On a busy machine all tests are slow: only a single one that takes a minute has been made to hang.
sub look {
    my ($dir, $filter) = @_;
    return quietly($dir, "timeout -k 5 1800 build/tests --jobs 1 --fail-fast --timeout 60 --filter '$filter'");
}

my $broken = "it does not compile";

# Who has noticed: a word; "" nobody.
sub notice {
    my ($dir, $m) = @_;

    if (!quietly($dir, "make -s build/tests")) {
        return slurp("$dir/look.log") =~ /static assertion failed/ ? "a static assertion" : $broken;
    }
    return "its suites" unless look($dir, "$m->{suites}/*");
    if ($m->{file} =~ m{^engine/(box|pod)/}) {
        $ENV{PODRING_WORLDS} = 150;
        my $fine = look($dir, "worlds/*");
        delete $ENV{PODRING_WORLDS};
        return "random worlds" unless $fine;
    }
    return "" if $whole eq "";
    return "the whole suite" unless quietly($dir, "make -s all") && look($dir, "$whole/*");
    return "";
}

sub try {
    my ($dir, $m) = @_;
    my $was = slurp("$dir/$m->{file}"); # the sources may have gone on meanwhile
    my $by;

    put("$dir/$m->{file}", $m->{text});
    $by = notice($dir, $m);
    put("$dir/$m->{file}", $was);
    return $by;
}

# As it stands in a file of its own, and without a build.
sub compiles {
    my ($m) = @_;
    my $path = "$room/one.c";

    put($path, $m->{text});
    return quietly($room, "cd ../.. && gcc -std=gnu11 -I. -D_GNU_SOURCE -DRX_DEBUG -fsyntax-only -w $path")
        || slurp("$room/look.log") =~ /static assertion failed/;
}

# ---- all of them --------------------------------------------------------------------------------

sub name {
    my ($m) = @_;
    my ($file) = $m->{file} =~ m{([^/]+)$};
    return "$file $m->{in}: $m->{old}  =>  $m->{new}";
}

# Only files that differ are written: then make builds what is new, and what a run that was ended has left.
sub copy_sources {
    my ($dir) = @_;

    foreach my $path (split(/\0/, `git ls-files -z --cached --others --exclude-standard`)) {
        next unless -f $path;
        my $text = slurp($path);
        next if -f "$dir/$path" && slurp("$dir/$path") eq $text;
        unlink("$dir/$path");
        make_path(dirname("$dir/$path"));
        put("$dir/$path", $text);
        chmod((stat($path))[2] & 07777, "$dir/$path");
    }
}

# A copy in which tests fail already would notice everything.
sub prepare {
    my ($dir, $suites) = @_;
    my %all = map { $_ => 1 } map { split(/\|/, s/^@\(|\)$//gr) } @$suites;
    my @all = sort(keys(%all));

    make_path($dir);
    copy_sources($dir);
    quietly($dir, "make -s all build/tests") or die "mutants: the copy in $dir does not build\n";
    while (my @some = splice(@all, 0, 8)) { # a long pattern is more than the matcher has room for
        look($dir, "@(" . join("|", @some) . ")/*")
            or die "mutants: without a bug, tests fail in $dir (@some)\n";
    }
}

$| = 1;
my @mutants = grep { index(name($_), $only) >= 0 } read_list();
my $stale = 0;
foreach my $m (@mutants) {
    $stale = 1 unless defined($m->{text} = mutate($m));
}
die "$list: error: these lines have changed; write there what they are now, or take them out\n" if $stale;
if ($check) {
    print "  OK    ", scalar(@mutants), " mutants apply\n";
    exit(0);
}
mkdir("build");
mkdir($room);
if ($compile) {
    my @bad = grep { !compiles($_) } @mutants;

    print "  BROKEN    ", name($_), "\n" foreach @bad;
    exit(1) if @bad;
    print "  OK    ", scalar(@mutants), " mutants compile\n";
    exit(0);
}
my (%before, %child);
if ($again && -e $noticed_before) {
    $before{$_} = 1 foreach split(/\n/, slurp($noticed_before));
}
my @todo = grep { !defined $_->{unseen} && !$before{name($_)} } @mutants;
foreach my $job (0 .. $jobs - 1) {
    my $pid = fork() // die "fork: $!\n";
    if ($pid == 0) {
        my %suites = map { $_->{suites} => 1 } @todo;

        prepare("$room/$job", [sort keys %suites]);
        open(my $out, ">", "$room/$job.txt") or die;
        for (my $i = $job; $i < @todo; $i += $jobs) {
            my $by = try("$room/$job", $todo[$i]);

            print $by eq "" ? "  SURVIVES  " : $by eq $broken ? "  BROKEN    " : "  noticed   ",
                name($todo[$i]), $by eq "" ? "" : "  ($by)", "\n";
            print $out "$i\t$by\n";
            append($noticed_before, name($todo[$i])) if $by ne "" && $by ne $broken;
        }
        close($out);
        POSIX::_exit(0);
    }
    $child{$pid} = 1;
}
while ((my $pid = wait()) > 0) {
    die "mutants: a job has failed\n" if delete $child{$pid} && $? != 0;
}

my (%seen, %alive, %unseen, %files, @broken);
foreach my $job (0 .. $jobs - 1) {
    foreach my $line (split(/\n/, slurp("$room/$job.txt"))) {
        my ($i, $by) = split(/\t/, $line, 2);

        if ($by eq $broken) {
            push(@broken, $todo[$i]);
            next;
        }
        ($by eq "" ? \%alive : \%seen)->{$todo[$i]{file}}++;
    }
}
$unseen{$_->{file}}++ foreach grep { defined $_->{unseen} } @mutants;
$seen{$_->{file}}++ foreach grep { !defined $_->{unseen} && $before{name($_)} } @mutants;
$files{$_->{file}} = 1 foreach @mutants;
printf "\n%-32s %8s %8s %14s\n", "file", "noticed", "survive", "cannot be seen";
foreach my $file (sort keys %files) {
    printf "%-32s %8d %8d %14d\n", $file, $seen{$file} // 0, $alive{$file} // 0, $unseen{$file} // 0;
}
my ($noticed, $survive) = (0, 0);
$noticed += $_ foreach values %seen;
$survive += $_ foreach values %alive;
printf "%d of %d noticed: %.1f %%\n", $noticed, $noticed + $survive,
    100 * $noticed / (($noticed + $survive) || 1);
print "  - ", name($_), "\n      $_->{unseen}\n" foreach grep { defined $_->{unseen} } @mutants;
print "  BROKEN    ", name($_), "\n" foreach @broken;
die "$list: error: ", scalar(@broken), " do not compile\n" if @broken;
