# A name server for tests, with one name, `db.example.org`, which is 10.9.8.7. It writes down what it is asked. In Perl, which every
# Debian has (perl-base), whatever a lab host is.
# usage: perl -e PROGRAM ADDRESS FILE
use strict;
use warnings;
use IO::Socket::IP;

my ($address, $file) = @ARGV;
my $server = IO::Socket::IP->new(LocalHost => $address, LocalPort => 53, Proto => "udp") or die "$address: $@\n";
open my $asked, ">>", $file or die "$file: $!\n";
$asked->autoflush(1);
while (1) {
  my $from = $server->recv(my $query, 512) // next;
  my ($name, $at) = ("", 12);
  while (my $length = ord substr $query, $at, 1) {
    $name .= substr($query, $at + 1, $length) . ".";
    $at += $length + 1;
  }
  my $isAddress = unpack("n", substr $query, $at + 1, 2) == 1;
  my $isKnown = $name eq "db.example.org.";
  my $answers = $isKnown && $isAddress;
  print $asked "$name\n";
  # The query's own number and question; its only record points back at the question's name.
  my $header = substr($query, 0, 2) . pack "CCn4", 0x85, $isKnown || !$isAddress ? 0x80 : 0x83, 1, $answers ? 1 : 0, 0, 0;
  my $record = $answers ? pack "nnnNnC4", 0xc00c, 1, 1, 9, 4, 10, 9, 8, 7 : "";
  $server->send($header . substr($query, 12, $at + 5 - 12) . $record, 0, $from);
}
