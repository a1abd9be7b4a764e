#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Holds docs/style.md: reads every file given once and complains, by file and line, of what that page says
# tidy checks. The words that are not ours, and what is said instead, are the table of docs/words.md.
#
#   tidy.pl [--words FILE] [--only RULE] [--count] FILE...
#
# --only: no rule but this one; --count: how many complaints each rule has, and not where.
use strict;
use warnings;
use Encode qw(decode);
use Getopt::Long;

my $COLUMNS = 100;
my $FUNCTION_LINES = 60;
my $FILE_LINES = 800;
my %longer = ("api/podring.h" => 1200); # the whole API, and its documentation, by design one file

my ($words_path, $only, $count) = ("docs/words.md", "", 0);
GetOptions("words=s" => \$words_path, "only=s" => \$only, "count" => \$count)
    or die "usage: tidy.pl [--words FILE] [--only RULE] [--count] FILE...\n";

my (%complaints, $bad);

sub complain {
    my ($file, $line, $rule, $what) = @_;
    return if $only ne "" && $rule ne $only;
    print "$file:$line: $rule: $what\n" unless $count;
    $complaints{$rule}++;
    $bad = 1;
}

sub slurp {
    my ($path) = @_;
    open(my $in, "<", $path) or die "$path: $!\n";
    local $/;
    return <$in>;
}

sub line_at {
    my ($text, $at) = @_;
    return 1 + (substr($text, 0, $at) =~ tr/\n//);
}

# ---- words --------------------------------------------------------------------------------------

# Rows "| not this | this | where |" below the heading "Not this": a pattern in backquotes, in which a bar has a
# backslash before it, as tables of Markdown want it; what to say instead; and how the paths begin, if not all.
sub read_words {
    my ($path) = @_;
    my ($inside, @words) = (0);

    foreach my $line (split(/\n/, slurp($path))) {
        $inside = $line =~ /^## Not this/ if $line =~ /^## /;
        next unless $inside && $line =~ /^\|\s*`([^`]+)`\s*\|\s*([^|]*?)\s*\|\s*([^|]*?)\s*\|/;
        my ($pattern, $instead, $where) = ($1, $2, $3);

        $pattern =~ s/\\\|/|/g;
        $pattern =~ s/ /[\\s*]+/g if $pattern !~ /\(\?<!/; # words may stand in two lines
        push(@words, {pattern => $pattern, instead => $instead, where => [split(" ", $where)]});
    }
    die "$path: no table of words\n" unless @words;
    return @words;
}

my @words = read_words($words_path);
my %patterns; # by which of the words are looked for in a file

# Those that are looked for in this file, and all of them in one pattern.
sub words_of {
    my ($file) = @_;
    my @mine = grep {
        my $w = $_;
        !@{$w->{where}} || grep { index($file, $_) == 0 } @{$w->{where}}
    } @words;
    my $all = join("|", map { "(?:$_->{pattern})" } @mine);

    return ($patterns{$all} //= qr/\b(?:$all)\b/i, @mine);
}

# Prose, and the line that it begins in.
sub check_words {
    my ($file, $line, $text, $any, @mine) = @_;

    $text =~ s/`[^`\n]*`/``/g;
    $text =~ s/^(?: {4}|\t).*|\]\([^)\n]*\)//mg if $file =~ /\.(?:md|[1-8])$/;
    return unless $text =~ $any;
    foreach my $w (@mine) {
        while ($text =~ /\b(?:$w->{pattern})\b/gi) {
            my ($found, $at) = ($&, $-[0]);

            $found =~ s/[\s*]+/ /g;
            complain($file, $line - 1 + line_at($text, $at), "words",
                     "not \"$found\": $w->{instead}");
        }
    }
}

# ---- any file -----------------------------------------------------------------------------------

sub columns_of {
    my ($line) = @_;

    return length($line) <= $COLUMNS ? length($line) : length(decode("UTF-8", $line));
}

sub check_lines {
    my ($file, $text, $lines) = @_;

    for (my $i = 0; $i < @$lines; $i++) {
        next if length($lines->[$i]) <= $COLUMNS;
        my $n = columns_of($lines->[$i]);

        complain($file, $i + 1, "columns", "$n columns, of at most $COLUMNS") if $n > $COLUMNS;
    }
    while ($text =~ /([ \t\r]+\n|\t|\n\n\n|\n\n\z|[^\n]\z)/g) {
        my ($it, $line) = ($1, line_at($text, $-[0]));
        my $what = $it eq "\t" ? "a tab"
            : $it =~ /^[ \t\r]/ ? "blanks at the end"
            : $it eq "\n\n\n" ? "two blank lines"
            : $it eq "\n\n" ? "a blank line at the end"
            : "the last line does not end";

        complain($file, $line, "blanks", $what);
    }
    complain($file, line_at($text, $-[0]), "left", "\"$1\" is left")
        while $text =~ /\b(FIXME|XXX|TODO)\b/g;
    my $most = $longer{$file} // $FILE_LINES;
    complain($file, scalar(@$lines), "size", @$lines . " lines, of at most $most")
        if @$lines > $most;
}

# ---- C ------------------------------------------------------------------------------------------

# The text with comments and what is inside of quotes made blank, and the comments, each with its line.
sub split_comments {
    my ($text) = @_;
    my (@comments, $line, $at);

    ($line, $at) = (1, 0);
    $text =~ s{/\*.*?\*/|//[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'}{
        my ($it, $from) = ($&, $-[0]);
        if ($it =~ m{^/}) {
            push(@comments, [$from, $it]);
            (my $blank = $it) =~ tr/\n/ /c;
            $blank;
        } else {
            substr($it, 0, 1) . " " x (length($it) - 2) . substr($it, -1);
        }
    }gse;
    foreach my $c (@comments) {
        $line += substr($text, $at, $c->[0] - $at) =~ tr/\n//;
        $at = $c->[0];
        $c->[0] = $line;
    }
    return ($text, @comments);
}

# Each function that has a body: name, static?, line of its name, first and last line of its body.
sub functions_of {
    my ($lines) = @_;
    my @functions;

    for (my $i = 1; $i < @$lines; $i++) {
        next unless $lines->[$i] =~ /^\{/;
        my ($h, $head, $end) = ($i - 1, "", $i);

        for (; $h >= 0 && $lines->[$h] !~ /^\s*$|^[};#]|;\s*$/; $h--) {
            $head = "$lines->[$h]\n$head";
        }
        $end++ while $end < @$lines && $lines->[$end] !~ /^\}/;
        next unless $head =~ /(\w+)\s*\(/;
        my $name = $1;

        push(@functions, {name => $name, static => $head =~ /\bstatic\b/ ? 1 : 0, head => $head,
                          line => $h + 2, from => $i + 1, to => $end + 1});
    }
    return @functions;
}

# Of constant tables in the function: they are data.
sub table_lines {
    my ($lines, $f) = @_;
    my ($n, $inside) = (0, 0);

    foreach my $l (@$lines[$f->{from} - 1 .. $f->{to} - 1]) {
        $inside = 1 if $l =~ /^    static const\b/ && $l !~ /;\s*$/;
        $n++ if $inside;
        $inside = 0 if $l =~ /^    \}[^{]*;$/;
    }
    return $n;
}

sub check_top {
    my ($file, $lines) = @_;
    my ($name) = $file =~ m{([^/]+)$};

    complain($file, 1, "top", "the licence line is missing")
        unless $lines->[0] eq "/* SPDX-License-Identifier: Apache-2.0 */";
    complain($file, 2, "top", "a comment that says what the file is for is missing")
        unless ($lines->[1] // "") =~ m{^/\*};
    foreach my $l (@$lines[1 .. 2]) {
        complain($file, 2, "top", "names itself $1")
            if defined $l && $l =~ m{^(?:/\*| \*) (\w+\.[ch])\b(?: and \w+\.[ch])? [-:] } && $1 ne $name;
    }
}

my %guards;

sub check_guard {
    my ($file, $code) = @_;
    my ($guard) = $code =~ /^#ifndef (\w+)\n#define \1\n/m;

    if (!defined $guard) {
        complain($file, 1, "guard", "no #ifndef and #define of one name");
    } elsif (exists $guards{$guard}) {
        complain($file, 1, "guard", "$guard is the guard of $guards{$guard} as well");
    } else {
        $guards{$guard} = $file;
    }
}

# What is known to be a pointer inside of a function, without knowing any type: its parameters and locals that
# are declared with a star.
sub check_null {
    my ($file, $f, $lines) = @_;
    my $body = join("\n", @$lines[$f->{from} - 1 .. $f->{to} - 1]);
    my %pointer;

    return unless $body =~ /(?<![\w)\]!])!\w+(?![\w.\[(]|->)/;
    my $all = "$f->{head}\n$body";
    $pointer{$1} = 1 while $all =~ /[\w*][ (]\*+(?:const )?(\w+)(?=[,;)=\[ ])/g;
    while ($body =~ /(?<![\w)\]!])!(\w+)(?![\w.\[(]|->)/g) {
        next unless $pointer{$1};
        my $line = $f->{from} + (substr($body, 0, $-[0]) =~ tr/\n//);

        complain($file, $line, "null", "\"$1 == NULL\", not \"!$1\"");
    }
}

# Static functions that are declared ahead stand below the first function that calls them: what is short, or is
# asked by many, stands before its callers and needs no declaration.
sub check_order {
    my ($file, $code, $lines, $functions) = @_;
    my %ahead;

    while ($code =~ /^static\b[^;{}=()]*?\b(\w+)\([^;{}]*\);/mg) {
        my $name = $1;

        $ahead{$name} = 1 unless $& =~ /__attribute__/; # which a definition cannot have
    }
    foreach my $f (@$functions) {
        next unless $ahead{$f->{name}};
        my $above = join("\n", @$lines[0 .. $f->{line} - 2]);
        my $uses = () = $above =~ /\b\Q$f->{name}\E\b/g;

        complain($file, $f->{line}, "order", "$f->{name} is declared ahead, and nothing above calls it")
            if $uses < 2;
    }
}

sub check_c {
    my ($file, $text, $lines) = @_;
    my ($code, @comments) = split_comments($text);
    my @code = split(/\n/, $code, -1);
    my @functions = functions_of(\@code);

    check_top($file, $lines);
    check_guard($file, $code) if $file =~ /\.h$/;
    my ($any, @mine) = words_of($file);

    check_words($file, $_->[0], $_->[1], $any, @mine) foreach @comments;
    for (my $i = 0; $i < @code; $i++) {
        complain($file, $i + 1, "sizeof", "sizeof(*x), with parentheses") if $code[$i] =~ /\bsizeof [*\w]/;
    }
    foreach my $f (@functions) {
        my $n = $f->{to} - $f->{from} + 1 - table_lines(\@code, $f);

        complain($file, $f->{line}, "function", "$f->{name} has $n lines, of at most $FUNCTION_LINES")
            if $n > $FUNCTION_LINES;
        check_null($file, $f, \@code);
    }
    check_order($file, $code, \@code, \@functions) if $file =~ /\.c$/;
}

# ---- all ----------------------------------------------------------------------------------------

foreach my $file (@ARGV) {
    my $text = slurp($file);
    my @lines = split(/\n/, $text);

    if ($file =~ /\.(?:[ch]|pl)$/) { check_lines($file, $text, \@lines); }
    if ($file =~ /\.[ch]$/) { check_c($file, $text, \@lines); }
    elsif ($file ne $words_path) { check_words($file, 1, $text, words_of($file)); }
}
print map { sprintf("  %5d %s\n", $complaints{$_}, $_) } sort keys %complaints if $count;
print "  OK    tidy\n" unless $bad;
exit($bad ? 1 : 0);
