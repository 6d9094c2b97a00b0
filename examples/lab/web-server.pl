# A small web server: answers everything with the text and a line's end. {client} in the text becomes the address that the question
# came from. In Perl, which every Debian has (perl-base), whatever a lab host is.
# usage: perl -e PROGRAM PORT TEXT
use strict;
use warnings;
use IO::Socket::IP;

my ($port, $text) = @ARGV;
$SIG{CHLD} = "IGNORE";
my $server = IO::Socket::IP->new(LocalHost => "::", LocalPort => $port, V6Only => 0, Listen => 64, ReuseAddr => 1)
  or die "port $port: $@\n";
while (1) {
  my $connection = $server->accept or next;
  next if fork;
  alarm 10;
  while (defined(my $line = <$connection>)) { last if $line =~ /^\r?\n$/ }
  (my $client = $connection->peerhost // "?") =~ s/^::ffff://;
  (my $answer = "$text\n") =~ s/\{client\}/$client/g;
  print $connection "HTTP/1.1 200 OK\r\nContent-Length: " . length($answer) . "\r\nConnection: close\r\n\r\n$answer";
  exit;
}
