/** Finds the network namespaces of a host that may hold something of ours, with one process however many there are. */
import type { CommandResult } from "../transport/transport.js";
import type { Fact } from "./command.js";

/**
 * Asks the kernel in each namespace by netlink(7), and prints the names of those that contain any of these: an
 * interface with a stack's mark or of this group, the other end of such an interface's pair, a route or another
 * numbered object with this protocol number, a firewall rule with a mark, our nft table, a table of legacy iptables. It
 * also prints the names of those that it cannot fully inspect. Programs of iproute2 would need one process per
 * namespace, which takes many seconds for thousands.
 */
const program = String.raw`# which named namespaces may hold something of ours: NUMBER of the stack's routes, GROUP of its interfaces, what else has that number
use strict;
use POSIX ();
my ($number, $group, @dumps) = @ARGV;
my %calls = (x86_64 => 308, i386 => 346, i686 => 346, aarch64 => 268, riscv64 => 268, loongarch64 => 268, armv6l => 375, armv7l => 375, ppc64le => 350, ppc64 => 350, s390x => 339);
my $setns = $calls{(POSIX::uname())[4]} or die "no number of setns(2) is known here\n";

# The messages of a dump; none where the kernel knows nothing of the sort, by one of these errors.
sub messages {
  my ($socket, $type, $body, @unknown) = @_;
  defined send $socket, pack("L S S L L", 16 + length $body, $type, 0x301, 0, 0) . $body, 0 or die "send: $!\n";
  my @messages;
  for (;;) {
    defined recv $socket, my $reply, 1 << 17, 0 or die "recv: $!\n";
    for (my $at = 0; $at + 16 <= length $reply; ) {
      my ($length, $kind, $flags) = unpack "L S S", substr $reply, $at, 8;
      die "cut short\n" if $flags & 0x10 or $length < 16;
      if ($kind == 2 or $kind == 3) {
        my $error = $length < 20 ? 0 : -unpack "l", substr $reply, $at + 16, 4;
        return @messages if $error == 0 or grep { $error == $_ } @unknown;
        die "error $error\n";
      }
      push @messages, substr $reply, $at + 16, $length - 16;
      $at += ($length + 3) & ~3;
    }
  }
}

sub attribute {
  my ($message, $at, $wanted) = @_;
  while ($at + 4 <= length $message) {
    my ($length, $type) = unpack "S S", substr $message, $at, 4;
    last if $length < 4;
    return substr $message, $at + 4, $length - 4 if ($type & 0x3fff) == $wanted;
    $at += ($length + 3) & ~3;
  }
  return undef;
}

# The numbers of interfaces and of what they are joined to; whether there is one of ours, whose other end is looked for.
my (%ends, @own);
sub links {
  my ($socket, $name) = @_;
  my $any = 0;
  for my $message (messages($socket, 18, pack("x16 S S L", 8, 29, 8))) {
    my $ours = index($message, "linuxnet:") >= 0 || index($message, pack("S S L", 8, 27, $group)) >= 0;
    next unless $ours or defined $name;
    $any ||= $ours;
    my ($type, $index) = unpack "x2 S l", $message;
    # The loopback interface is joined to nothing.
    my $to = $type == 772 ? undef : attribute($message, 16, 5);
    next unless defined $to;
    $to = unpack "l", $to;
    push @{$ends{"$index $to"}}, $name if defined $name;
    push @own, "$to $index" if $ours;
  }
  return $any;
}

# Numbers of files, for thousands of which Perl's own handles take half of the time.
sub is_filled {
  my $file = POSIX::open($_[0]) // return 0;
  my $any = (POSIX::read($file, my $text, 1) // 0) > 0;
  POSIX::close($file);
  return $any;
}

sub enter {
  my $file = POSIX::open($_[0], POSIX::O_NONBLOCK()) // die "open: $!\n";
  my $inode = (POSIX::fstat($file))[1];
  my $done = syscall $setns, $file + 0, 0x40000000;
  POSIX::close($file);
  die "setns: $!\n" if $done != 0;
  die "is elsewhere\n" if $inode != (stat "/proc/thread-self/ns/net")[1];
}

sub has_any {
  my ($name) = @_;
  socket my $route, 16, 3, 0 or die "socket: $!\n";
  my $any = links($route, $name);
  # Then the kernel gives only the routes with that number.
  setsockopt $route, 270, 12, pack "i", 1;
  for my $family (2, 10) {
    $any ||= grep { ord(substr $_, 5, 1) == $number } messages($route, 26, pack("C x4 C x6", $family, $number), 95, 97);
    for my $dump (@dumps) {
      my ($request, $header, $attribute) = split /:/, $dump;
      my $body = pack "C x" . ($header - 1), $family;
      $any ||= grep { ord(attribute($_, $header, $attribute) // "\0") == $number } messages($route, $request, $body, 95, 97);
    }
  }
  for my $file ("ip_tables_names", "ip6_tables_names") {
    $any ||= is_filled("/proc/thread-self/net/$file");
  }
  socket my $netfilter, 16, 3, 12 or return $any;
  $any ||= grep { /linuxnet\0/ } messages($netfilter, 10 << 8 | 1, pack("x4"), 22, 95);
  $any ||= grep { /linuxnet:/ } messages($netfilter, 10 << 8 | 7, pack("x4"), 22, 95);
  return $any;
}

my %may;
{ socket my $route, 16, 3, 0 or die "socket: $!\n"; links($route); }
if (opendir my $folder, "/run/netns") {
  for my $name (grep { !/^\.\.?$/ } readdir $folder) {
    $may{$name} = 1 unless eval {
      enter("/run/netns/$name");
      $may{$name} = 1 if has_any($name);
      1;
    };
  }
}
$may{$_} = 1 for map { @{$ends{$_} // []} } @own;
print "$_\n" for sort keys %may;`;

/** How the kernel lists objects that have a protocol number: rtnetlink(7), for each family of addresses. */
export interface NumberedDump {
  /** The request's type: `RTM_GETRULE`, linux/rtnetlink.h. */
  readonly request: number;
  /** The length of the message's own header, in bytes; its first byte is the family. */
  readonly header: number;
  /** The attribute with the number, of one byte. */
  readonly attribute: number;
}

/**
 * The names; undefined if the host cannot tell, for instance without perl: then it may be any of them. `protocol`,
 * `group`: the stack's. `dumps`: what has that number besides routes.
 */
export function candidateNamespaces(
  protocol: number,
  group: number,
  dumps: readonly NumberedDump[],
): Fact<ReadonlySet<string> | undefined> {
  const others = dumps.map(({ request, header, attribute }) => [request, header, attribute].join(":"));
  return {
    command: { argv: ["perl", "-e", program, String(protocol), String(group), ...others] },
    parse: ({ exitCode, stdout }: CommandResult) =>
      exitCode === 0 ? new Set(stdout.split("\n").filter(Boolean)) : undefined,
  };
}
