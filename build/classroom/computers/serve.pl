#!/usr/bin/perl
# A static server for one folder and this computer alone: perl serve.pl FOLDER [--no-browser]
# For the classroom folder on macOS and Linux, which both bring perl; tools/Server.cs is the same for Windows.
use strict;
use warnings;
use Cwd qw(realpath);
use IO::Socket::INET;

my %types = (
    css => 'text/css', html => 'text/html; charset=utf-8', js => 'text/javascript', json => 'application/json',
    md => 'text/plain; charset=utf-8', mjs => 'text/javascript', png => 'image/png', py => 'text/x-python',
    svg => 'image/svg+xml', wasm => 'application/wasm', webmanifest => 'application/manifest+json',
    woff2 => 'font/woff2',
);
my ($folder, @options) = @ARGV;
my $root = realpath($folder // '.');
-f "$root/index.html" or die "There is no index.html in $root.\n";

my $server;
for my $port (8000 .. 8999) {
    $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 128, ReuseAddr => 1) and last;
}
$server or die "No port from 8000 to 8999 is free.\n";
my $address = 'http://127.0.0.1:' . $server->sockport . '/';
$| = 1;
print "Glassformer is at $address\nIf no browser opens, open that address. To stop, close this window.\n";
unless (grep { $_ eq '--no-browser' } @options) {
    system(($^O eq 'darwin' ? 'open' : 'xdg-open') . " '$address' >/dev/null 2>&1 &");
}

$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';
while (1) {
    my $client = $server->accept or next;
    my $pid = fork;
    next if !defined $pid || $pid;    # each connection has a process of its own: a browser may keep one open and say nothing
    answer($client);
    exit;
}

sub answer {
    my ($client) = @_;
    my $line = <$client> // return;
    while (my $header = <$client>) { last if $header =~ /^\r?\n$/ }
    my ($method, $path) = $line =~ m{^(GET|HEAD) (/[^ ?#]*)} or return refuse($client, '405 Method Not Allowed');
    $path =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
    $path .= 'index.html' if $path =~ m{/$};
    my $file = $path =~ /\0/ ? undef : realpath($root . $path);
    return refuse($client, '404 Not Found') unless defined $file && $file =~ m{^\Q$root\E/} && -f $file;
    open my $in, '<:raw', $file or return refuse($client, '404 Not Found');
    my ($ending) = $file =~ /\.([^.\/]+)$/;
    my $type = $types{ $ending // '' } // 'application/octet-stream';
    my $size = -s $file;
    print $client "HTTP/1.1 200 OK\r\nContent-Type: $type\r\nContent-Length: $size\r\n"
        . "Cache-Control: no-cache\r\nConnection: close\r\n\r\n";
    return if $method eq 'HEAD';
    while (read $in, my $piece, 65536) { print $client $piece or return }
}

sub refuse {
    my ($client, $status) = @_;
    print $client "HTTP/1.1 $status\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
}
