#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Puts the style sheet and the scripts into page.html, and writes the two halves of it, before and after
# the data, as C. The page may run this script and no other: its hash stands in the policy.
#
#   embed.pl page.html page.css SCRIPT.js... >page_text.c
use strict;
use warnings;

sub slurp {
    my ($path) = @_;
    open(my $in, "<", $path) or die "$path: $!\n";
    local $/;
    return <$in>;
}

# Of its own, since perl-base has no MIME::Base64.
sub base64 {
    my ($bytes) = @_;
    my $text = pack("u", $bytes);

    $text =~ s/^.//mg;
    $text =~ s/\n//g;
    $text =~ tr{` -_}{AA-Za-z0-9+/};
    my $pad = (3 - length($bytes) % 3) % 3;
    substr($text, -$pad) = "=" x $pad if $pad;
    return $text;
}

sub sha256 {
    my ($bytes) = @_;
    my $path = "/tmp/embed-$$";

    open(my $out, ">", $path) or die "$path: $!\n";
    print $out $bytes;
    close($out) or die "$path: $!\n";
    my ($hex) = `sha256sum $path` =~ /^([0-9a-f]{64})/ or die "sha256sum says nothing\n";
    unlink($path);
    return base64(pack("H*", $hex));
}

sub literal {
    my ($name, $text) = @_;

    print "const char ${name}[] =\n";
    foreach my $line (split(/(?<=\n)/, $text)) {
        $line =~ s/([\\"])/\\$1/g;
        $line =~ s/\n/\\n/;
        print "    \"$line\"\n";
    }
    print "    ;\n";
}

my ($html, $css, @scripts) = @ARGV;
my $script = "(function () {\n'use strict';\n" . join("", map { slurp($_) } @scripts)
    . "document.addEventListener('DOMContentLoaded', report);\n})();\n";
die "a script must not end itself\n" if $script =~ m{</script|<!--}i;
my $policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" . sha256($script)
    . "'; base-uri 'none'; form-action 'none'";
my $page = slurp($html);
my $style = slurp($css);

$page =~ s/\@policy\@/$policy/ or die "$html: no \@policy\@\n";
$page =~ s/\@style\@/$style/ or die "$html: no \@style\@\n";
$page =~ s/\@script\@/$script/ or die "$html: no \@script\@\n";
my ($before, $after) = split(/\@data\@\n/, $page) or die;
die "$html: no \@data\@\n" unless defined $after;
print "/* Made by api/cli/picture/embed.pl. */\n#include \"api/cli/picture/page.h\"\n\n";
literal("page_before", $before);
literal("page_after", $after);
