#!/usr/bin/perl
# One end of the traffic of nat-lab.ts: serves ports and asks others, by TCP, UDP and SCTP. SCTP is spoken by hand, from raw
# sockets: kernels that have no sockets for it have its conntrack and NAT all the same. In Perl, since what is used
# here is in Debian's essential packages.
#
#   nat-traffic.pl NAME PORT…    answers on these ports `NAME:PORT ADDRESS`, with the address that it sees
#
# Its input has a question on each line: `ID PROTOCOL ADDRESS PORT OWN-PORT`. What is answered to it, or an empty text where
# it is refused, is printed as `ID ANSWER`. A line `ID` ends the wait for it.
use strict;
use warnings;
use IO::Select;
use Socket qw(:all);

use constant SCTP => 132;
use constant { CHUNK_INIT => 1, CHUNK_INIT_ACK => 2, STATE_COOKIE => 7 };

my @crc_table = map {
    my $crc = $_;
    $crc = $crc & 1 ? ($crc >> 1) ^ 0x82f63b78 : $crc >> 1 for 1 .. 8;
    $crc;
} 0 .. 255;

sub crc32c {
    my $crc = 0xffffffff;
    $crc = $crc_table[($crc ^ $_) & 0xff] ^ ($crc >> 8) for unpack "C*", shift;
    return $crc ^ 0xffffffff;
}

# RFC 9260: ports, the receiver's tag, the checksum, and one chunk: INIT or INIT ACK, with a cookie or without.
sub sctp_packet {
    my ($from, $to, $tag, $type, $own_tag, $cookie) = @_;
    my $body = pack "NNnnN", $own_tag, 65536, 1, 1, 1;
    $body .= pack "nna*", STATE_COOKIE, 4 + length $cookie, $cookie if $cookie ne "";
    my $chunk = pack "CCna*", $type, 0, 4 + length $body, $body;
    $chunk .= "\0" x (-length($chunk) % 4);
    my $packet = pack "nnNNa*", $from, $to, $tag, 0, $chunk;
    substr($packet, 8, 4) = pack "V", crc32c($packet);
    return $packet;
}

# Nothing where the checksum is wrong: NAT that changes a port has to make it anew.
sub read_sctp {
    my ($packet) = @_;
    return if length $packet < 32;
    my ($from, $to, $tag, $crc, $type, undef, undef, $own_tag) = unpack "nnNVCCnN", $packet;
    substr($packet, 8, 4) = "\0" x 4;
    return if crc32c($packet) != $crc;
    my ($kind, $length) = length $packet >= 36 ? unpack "nn", substr $packet, 32, 4 : (0, 0);
    my $cookie = $kind == STATE_COOKIE ? substr $packet, 36, $length - 4 : "";
    return { from => $from, to => $to, tag => $tag, type => $type, own_tag => $own_tag, cookie => $cookie };
}

# Only IPv4's raw sockets show the packet's IP header.
sub receive_raw {
    my ($socket, $ipv6) = @_;
    my $sender = recv $socket, my $packet, 65536, 0;
    return unless defined $sender;
    $packet = substr $packet, 4 * (ord($packet) & 15) unless $ipv6;
    return ($sender, read_sctp($packet));
}

sub address_of {
    my ($error, $address) = getnameinfo(shift, NI_NUMERICHOST, NIx_NOSERV);
    die $error if $error;
    return $address =~ s/^::ffff://r;
}

my $select = IO::Select->new(\*STDIN);
my %on_readable;

sub watch {
    my ($socket, $action) = @_;
    $on_readable{ fileno $socket } = $action;
    $select->add($socket);
}

sub serve {
    my ($name, @ports) = @_;
    for my $port (@ports) {
        for my $type (SOCK_STREAM, SOCK_DGRAM) {
            socket my $socket, AF_INET6, $type, 0 or die "socket: $!";
            # Connections of one that served there before may still be on their way out.
            setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, 1 if $type == SOCK_STREAM;
            bind $socket, pack_sockaddr_in6($port, IN6ADDR_ANY) or die "bind: $!";
            listen $socket, 64 if $type == SOCK_STREAM;
            watch($socket, $type == SOCK_STREAM ? sub {
                my $sender = accept my $connection, $socket or return;
                syswrite $connection, "$name:$port " . address_of($sender);
            } : sub {
                my $sender = recv $socket, my $question, 64, 0;
                send $socket, "$name:$port " . address_of($sender), 0, $sender if defined $sender;
            });
        }
    }
    # Where nobody serves, the kernel refuses SCTP; a raw socket would keep it from that.
    for my $ipv6 (@ports ? (0, 1) : ()) {
        socket my $socket, $ipv6 ? AF_INET6 : AF_INET, SOCK_RAW, SCTP or die "socket: $!";
        watch($socket, sub {
            my ($sender, $asked) = receive_raw($socket, $ipv6);
            return unless $asked && $asked->{type} == CHUNK_INIT && grep { $_ == $asked->{to} } @ports;
            my ($client, $port, $tag) = @$asked{qw(from to own_tag)};
            my $answer = "$name:$port " . address_of($sender);
            send $socket, sctp_packet($port, $client, $tag, CHUNK_INIT_ACK, 1, $answer), 0, $sender;
        });
    }
}

my %asking;

sub stop_asking {
    my $socket = delete $asking{ shift() } or return;
    $select->remove($socket);
    delete $on_readable{ fileno $socket };
    close $socket;
}

# The socket is connected: what comes from any other address than the one that was asked is no answer.
sub ask {
    my ($id, $protocol, $address, $port, $own_port) = @_;
    my $ipv6 = $address =~ /:/;
    my $family = $ipv6 ? AF_INET6 : AF_INET;
    my $end = sub { $ipv6 ? pack_sockaddr_in6(@_) : pack_sockaddr_in(@_) };
    my $sctp = $protocol eq "sctp";
    my $type = $sctp ? SOCK_RAW : $protocol eq "udp" ? SOCK_DGRAM : SOCK_STREAM;
    socket my $socket, $family, $type | SOCK_NONBLOCK, $sctp ? SCTP : 0 or die "socket: $!";
    $sctp or bind $socket, $end->($own_port, $ipv6 ? IN6ADDR_ANY : INADDR_ANY) or die "bind: $!";
    connect $socket, $end->($sctp ? 0 : $port, inet_pton($family, $address)) or $!{EINPROGRESS} or die "connect: $!";
    send $socket, "?", 0 if $protocol eq "udp";
    send $socket, sctp_packet($own_port, $port, 0, CHUNK_INIT, $own_port, ""), 0 if $sctp;

    $asking{$id} = $socket;
    my $over = sub { print "$id $_[0]\n"; stop_asking($id) };
    watch($socket, $sctp ? sub {
        my ($sender, $answer) = receive_raw($socket, $ipv6);
        return $over->("") unless defined $sender;
        return unless $answer;
        # A host that asks itself gets its question back where nobody takes it.
        return $over->("") if $answer->{type} == CHUNK_INIT && $answer->{from} == $own_port && $answer->{to} == $port;
        return unless $answer->{type} == CHUNK_INIT_ACK && $answer->{from} == $port;
        $over->($answer->{cookie}) if $answer->{to} == $own_port && $answer->{tag} == $own_port;
    } : sub {
        my $sender = recv $socket, my $answer, 1024, 0;
        $over->(defined $sender ? $answer : "");
    });
}

my $unread = "";
$on_readable{ fileno STDIN } = sub {
    sysread STDIN, $unread, 65536, length $unread or exit;
    while ($unread =~ s/^(.*)\n//) {
        my ($id, @question) = split " ", $1;
        @question ? ask($id, @question) : stop_asking($id);
    }
};

serve(@ARGV);
$| = 1;
print "ready\n";
while (1) {
    # One may have been closed by another.
    for my $socket ($select->can_read) {
        my $action = defined fileno $socket && $on_readable{ fileno $socket };
        $action->() if $action;
    }
}
