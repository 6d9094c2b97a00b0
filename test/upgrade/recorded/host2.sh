# Recorded by test/upgrade/record.ts: what version 0.1.0 ran on host2.
exec >/dev/null
text1='# what a host says of itself, and which services it has that see to networks
read -r boot </proc/sys/kernel/random/boot_id && echo "boot $boot"
while read -r key value _; do [ "$key" != btime ] || echo "at $value"; done </proc/stat
read -r kernel </proc/sys/kernel/osrelease && echo "kernel $kernel"
running=$(grep -hsx -e systemd-network -e NetworkManager -e firewalld -e dockerd /proc/[0-9]*/comm | sort -u)
for name in $running; do echo "runs $name"; done
runs() { case "
$running
" in *"
$1
"*) ;; *) return 1 ;; esac; }
if runs systemd-network && ! grep -Eqsi '\''^ManageForeignRoutes=(no|false|0|off|n|f)$'\'' \
  /etc/systemd/networkd.conf /etc/systemd/networkd.conf.d/*.conf /run/systemd/networkd.conf.d/*.conf; then echo flushes networkd; fi
if runs firewalld && grep -qsx '\''FirewallBackend=iptables'\'' /etc/firewalld/firewalld.conf; then echo flushes firewalld; fi
if grep -qsx '\''ENABLED=yes'\'' /etc/ufw/ufw.conf; then
  echo runs ufw
  if grep -qsx '\''MANAGE_BUILTINS=yes'\'' /etc/default/ufw; then echo flushes ufw; fi
fi'
sh -c "$text1"; [ $? = 0 ] || exit
printf %s 'link add name lan0 group 1182717934 address 3a:17:6e:92:9e:ff type bridge
link set dev lan0 alias linuxnet:shop/test/Bridge/two-lan
link set dev lan0 mtu 1400
address replace 10.1.0.1/24 dev lan0
address replace fd00:1::1/64 dev lan0 nodad
' | ip -d -j -batch -; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv6/conf/lan0/dad_transmits 0; [ $? = 0 ] || exit
printf %s 'link set dev lan0 up
address show dev lan0
' | ip -d -j -batch -; [ $? = 0 ] || exit
text2='# marks a network namespace and names it
kind=$1 value=$2 what="container $2"
fail() { printf '\''attach.%s: %s\n'\'' "$kind" "$*" >&2; exit 1; }
case $kind in
pid) file=/proc/$value/ns/net what="process $value"; [ -e "$file" ] || fail "there is no $what" ;;
path) file=$value what=$value; [ -f "$file" ] || fail "there is no file $what" ;;
*)
  command -v "$kind" >/dev/null || fail "the program $kind is missing"
  inspect() { "$kind" container inspect --format '\''{{.State.Pid}} {{.Id}} {{.Name}}'\'' -- "$value" </dev/null; }
  found=$(inspect 2>/dev/null) || {
    words=$(inspect 2>&1 >/dev/null)
    case $words in *[Nn]"o such container"*) fail "there is no $what" ;; *) fail $words ;; esac
  }
  read -r pid id name <<END
$found
END
  case $name in "$value" | "/$value") ;; *)
    case $id in "$value"*) [ ${#value} -ge 12 ] ;; *) false ;; esac || fail "there is no $what" ;;
  esac
  file=/proc/$pid/ns/net
  [ "$pid" != 0 ] && [ -e "$file" ] || fail "$what is not running" ;;
esac
if [ "$file" -ef /proc/self/ns/net ] || [ "$file" -ef /proc/1/ns/net ]; then
  fail "$what leads to the host'\''s own network namespace"
fi
words=$(nsenter --net="$file" true 2>&1) || case $words in
*"Invalid argument"*) fail "$what is no network namespace" ;;
*) printf '\''%s\n'\'' "$words" >&2; exit 1 ;;
esac
[ ! -e "/run/netns/$3" ] || { printf '\''/run/netns/%s: File exists\n'\'' "$3" >&2; exit 1; }
exec nsenter --net="$file" ip -batch - <<END
link set dev lo alias $4
netns attach $3 $$
END'
sh -c "$text2" sh path /run/container attached linuxnet:shop/test/Namespace/two-attached; [ $? = 0 ] || exit
text3='link add name near0 address 4a:c8:4e:d2:e0:92 mtu 1500 group 1182717934 type veth peer name far0 address 02:00:00:00:00:02 mtu 1500 group 1182717934
link set dev far0 alias linuxnet:shop/test/Veth/two-plain
link set dev far0 up
link set dev near0 alias linuxnet:shop/test/Veth/two-plain
address replace 10.3.0.1/30 dev near0
link set dev near0 up
address show dev near0
address show dev far0
'
printf %s "$text3" | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link add name trees0 group 1182717934 address 02:00:00:00:00:01 type bridge forward_delay 400 stp_state 1
link set dev trees0 alias linuxnet:shop/test/Bridge/two-trees
link set dev trees0 up
address show dev trees0
' | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'rule add from 10.1.0.0/24 priority 1000 table 100 proto 125
rule show priority 1000
' | ip -4 -N -d -j -batch -; [ $? = 0 ] || exit
sh -c '# makes a namespace, marks it and names it
exec unshare --net ip -batch - <<END
link set dev lo alias $2 up
netns attach $1 $$
END' sh found linuxnet:shop/test/Namespace/two-found; [ $? = 0 ] || exit
text4='# puts a file where none is, or one of these marks
isOwn() { # whether the file has one of these marks
  first= second=
  [ ! -h "$target" ] && [ -f "$target" ] && { read -r first; read -r second; } <"$target"
  for mark; do
    if [ "$first" = "# $mark" ] || [ "$second" = "# $mark" ]; then return 0; fi
  done
  return 1
}
target=/etc/netns/$1/$2 new=/etc/.netns.$1.$2.$3
folder=${target%/*} mode=$4 over=$5
shift 5
if [ "$over" != any ] && { [ -e "$target" ] || [ -h "$target" ]; } && ! isOwn "$@"; then
  printf '\''%s: File exists\n'\'' "$target" >&2
  exit 1
fi
[ ! -e "$new" ] || rm -f "$new"
cat >"$new" && { [ "$mode" = 644 ] || chmod "$mode" "$new"; } &&
  { [ -d "$folder" ] || mkdir -p "$folder" 2>/dev/null || mkdir -p "$folder"; } && mv -f "$new" "$target" && exit
rmdir "$folder" /etc/netns 2>/dev/null
rm -f "$new"
exit 1'
printf %s '# linuxnet:shop/test/Namespace/two-found
nameserver 10.0.12.2
' | sh -c "$text4" sh found resolv.conf 1182717934 644 any linuxnet:shop/test/Namespace/two-found; [ $? = 0 ] || exit
text5='# whether something else holds ports of the host: PROTOCOL FIRST LAST ADDRESS INTERFACE LOOPBACK
program=$1 family=$2 own=$3 ranges=$4
shift 4
listening() {
  ss -Hlntu 2>/dev/null | while read -r protocol _ _ _ socket _; do
    address=${socket%:*}
    address=${address%%%*}
    address=${address#[}
    address=${address%]}
    case $family$address in
    ?"*") address=- ;;
    4*:* | 6*.*) continue ;;
    ?0.0.0.0 | ?::) address=- ;;
    esac
    echo "$protocol ${socket##*:} ${socket##*:} $address - listens on $socket"
  done
}
saved() {
  if command -v "$program-save"; then "$program-save" -t nat; fi
  if { read -r _ <"/proc/net/${program%tables}_tables_names"; } && command -v "$program-legacy-save"; then
    "$program-legacy-save" -t nat
  fi
} 2>/dev/null
of_others() { grep -v -F -e "$own"; }
led_by_iptables() {
  saved | grep -e '\'' -j DNAT'\'' -e '\'' -j REDIRECT'\'' | of_others | while read -r line; do
    ports=${line#*--dport* }
    case $line in "-A OUTPUT "*) continue ;; "$ports") continue ;; esac
    protocol=${line#* -p } address=- interface=-
    case $line in *"! -d "*) ;; *" -d "*) address=${line#* -d } address=${address%%[ /]*} ;; esac
    case $line in *"! -i "*) ;; *" -i "*) interface=${line#* -i } ;; esac
    ports=${ports%% *},
    while [ "$ports" ]; do
      port=${ports%%,*} ports=${ports#*,}
      echo "${protocol%% *} ${port%:*} ${port#*:} $address ${interface%% *} $line"
    done
  done
}
led_by_nft() {
  command -v nft >/dev/null || return 0
  nft list table inet linuxnet 2>/dev/null | sed -n "/^.[a-z]* [a-z_]*$family {/,/^.}/p" | grep -e '\''comment "linuxnet:'\'' | of_others | while read -r line; do
    line=${line#"elements = { "} interface=- address=-
    case $line in
    *" dport "*" dnat "*)
      port=${line#* dport } protocol=${line%% dport *}
      port=${port%% *}
      echo "${protocol##* } ${port%-*} ${port#*-} - - $line"
      ;;
    *'\''" : '\''*)
      key=${line%% comment *}
      port=${key##* . } key=${key% . *}
      case $key in '\''"'\''*) interface=${key%% . *} key=${key#* . } interface=${interface#?} interface=${interface%?} ;; esac
      case $key in *" . "*) address=${key%% . *} key=${key#* . } ;; esac
      echo "$key $port $port $address $interface $line"
      ;;
    esac
  done
}
name_holder() {
  case $what in
  "listens on "*)
    users=$(ss -Hlntup "sport = :$first" | grep -F -e "${what#listens on } " | grep -m 1 -F -e pid=)
    name=${users#*\"} pid=${users#*pid=}
    [ "$users" ] && what="${name%%\"*} (pid ${pid%%,*}), which $what" || what="a process that $what"
    ;;
  *'\''comment "linuxnet:'\''*)
    mark=${what#*comment \"linuxnet:}
    mark=${mark%%\"*} kind=${mark#*/*/}
    what="${kind%%/*} \"${kind#*/}\" of the stack ${mark%/"$kind"}"
    ;;
  *) what="the rule $what" ;;
  esac
}
answer() {
  number=$1 from=$3 to=$4
  case " $answered " in *" $number "*) return 1 ;; esac
  [ "$2" = "$protocol" ] && [ "$from" -le "$last" ] && [ "$first" -le "$to" ] || return 1
  case $address in
  127.* | ::1) [ "$7" = loopback ] || return 1 ;;
  -) ;;
  *) [ "$5" = - ] || [ "$5" = "$address" ] || return 1 ;;
  esac
  [ "$6" = - ] || [ "$interface" = - ] || [ "$6" = "$interface" ] || return 1
  answered="$answered $number"
  name_holder
  [ "$from" = "$to" ] || from="$from-$to"
  echo "${many:+#$number }listenPort $from is held by $what; nothing was touched" >&2
}
many=
[ $# = 1 ] || many=yes
held=$(listening; led_by_iptables; led_by_nft)
printf '\''%s\n'\'' "$held" | {
  code=0 answered=
  while read -r protocol first last address interface what; do
    if [ "$ranges$first" = "-$last" ]; then
      case " $* " in *" $protocol $first "*) ;; *) continue ;; esac
    fi
    [ "$first" ] || continue
    n=0
    for question do
      n=$((n + 1))
      words=$what
      # One question is several words.
      ! answer $n $question || code=1
      what=$words
    done
  done
  exit $code
}'
sh -c "$text5" sh iptables 4 linuxnet:shop/test/ - 'tcp 8002 8002 - eth0 -'; [ $? = 0 ] || exit
text6='# lets the kernel forward packets
key=$1 note=$2 found=
read -r found <"/proc/sys/$key"
[ "$found" = 0 ] || exit 0
case $key in net/ipv6/*)
  for name in $(ip -6 -o route show proto ra | while read -r line; do
    case $line in *" dev "*) line=${line#* dev }; echo "${line%% *}" ;; esac; done | sort -u); do
    read -r accept <"/proc/sys/net/ipv6/conf/$name/accept_ra"
    [ "$accept" != 1 ] || echo 2 >"/proc/sys/net/ipv6/conf/$name/accept_ra" || exit
  done ;;
esac
# What was found is for a Sysctl to put back.
if [ "$note" ] && [ ! -e "$note" ]; then
  mkdir -p "${note%/*}" && printf '\''{"found":"%s","holders":{}}
'\'' "$found" >"$note.new" && mv "$note.new" "$note" || exit
fi
echo 1 >"/proc/sys/$key"'
sh -c "$text6" sh net/ipv4/ip_forward /run/linuxnet/sysctl/net%2Fipv4%2Fip_forward; [ $? = 0 ] || exit
text7='add table inet linuxnet
add map inet linuxnet forwards_in_at4 { type ifname . ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in4 { type ifname . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add set inet linuxnet hairpins_at4 { type ifname . ifname . ipv4_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins4 { type ifname . ifname . inet_proto . inet_service ; }
add map inet linuxnet localhosts4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in_at6 { type ifname . ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_in6 { type ifname . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_at6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards6 { type inet_proto . inet_service : ipv6_addr . inet_service ; }
add set inet linuxnet hairpins_at6 { type ifname . ifname . ipv6_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins6 { type ifname . ifname . inet_proto . inet_service ; }
add chain inet linuxnet prerouting { type nat hook prerouting priority dstnat - 1 ; }
add chain inet linuxnet inbound4
add chain inet linuxnet output { type nat hook output priority -101 ; }
add chain inet linuxnet outbound4
add chain inet linuxnet forward { type filter hook forward priority mangle ; }
add chain inet linuxnet forwarding4
add chain inet linuxnet postrouting { type nat hook postrouting priority srcnat ; }
add chain inet linuxnet leaving4
add chain inet linuxnet hairpin4
add chain inet linuxnet inbound6
add chain inet linuxnet outbound6
add chain inet linuxnet forwarding6
add chain inet linuxnet leaving6
add chain inet linuxnet hairpin6
add chain inet linuxnet inbound_rules4
add chain inet linuxnet outbound_rules4
add chain inet linuxnet forwarding_rules4
add chain inet linuxnet leaving_rules4
add chain inet linuxnet inbound_rules6
add chain inet linuxnet outbound_rules6
add chain inet linuxnet forwarding_rules6
add chain inet linuxnet leaving_rules6
add chain inet linuxnet guard4 { type filter hook prerouting priority raw ; }
flush chain inet linuxnet prerouting
flush chain inet linuxnet inbound4
flush chain inet linuxnet output
flush chain inet linuxnet outbound4
flush chain inet linuxnet forward
flush chain inet linuxnet forwarding4
flush chain inet linuxnet postrouting
flush chain inet linuxnet leaving4
flush chain inet linuxnet hairpin4
flush chain inet linuxnet inbound6
flush chain inet linuxnet outbound6
flush chain inet linuxnet forwarding6
flush chain inet linuxnet leaving6
flush chain inet linuxnet hairpin6
add rule inet linuxnet prerouting meta nfproto ipv4 fib daddr type local jump inbound4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . ip daddr . meta l4proto . th dport map @forwards_in_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . meta l4proto . th dport map @forwards_in4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet inbound4 jump inbound_rules4 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv4 fib daddr type local jump outbound4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr 127.0.0.0/8 dnat ip to meta l4proto . th dport map @localhosts4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet outbound4 jump outbound_rules4 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv4 ct state new ct status dnat jump forwarding4 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 jump forwarding_rules4 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv4 jump leaving4 comment "linuxnet"
add rule inet linuxnet leaving4 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin4 comment "linuxnet"
add rule inet linuxnet leaving4 ip saddr 127.0.0.0/8 oifname != "lo" ct status dnat masquerade comment "linuxnet"
add rule inet linuxnet leaving4 jump leaving_rules4 comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet prerouting meta nfproto ipv6 fib daddr type local jump inbound6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . ip6 daddr . meta l4proto . th dport map @forwards_in_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . meta l4proto . th dport map @forwards_in6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet inbound6 jump inbound_rules6 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv6 fib daddr type local jump outbound6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet outbound6 jump outbound_rules6 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv6 ct state new ct status dnat jump forwarding6 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 jump forwarding_rules6 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv6 jump leaving6 comment "linuxnet"
add rule inet linuxnet leaving6 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin6 comment "linuxnet"
add rule inet linuxnet leaving6 jump leaving_rules6 comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
create element inet linuxnet forwards_in4 { "eth0" . tcp . 8002 comment "linuxnet:shop/test/PortForward/two-plain" : 10.1.0.3 . 8002 }
'
printf %s "$text7" | sh -c '# changes the table of nft
nft -f - || exit
[ "$1" = keep ] || nft list table inet linuxnet | grep -q '\''comment "linuxnet:'\'' || nft delete table inet linuxnet' sh keep; [ $? = 0 ] || exit
sh -c '# makes a namespace, marks it and names it
exec unshare --net ip -batch - <<END
link set dev lo alias $2 up
netns attach $1 $$
END' sh web linuxnet:shop/test/Namespace/two-web; [ $? = 0 ] || exit
sh -c '# makes a namespace, marks it and names it
exec unshare --net ip -batch - <<END
link set dev lo alias $2 up
netns attach $1 $$
END' sh app linuxnet:shop/test/Namespace/host2-app; [ $? = 0 ] || exit
sh -c 'mkdir -p "${1%/*}" && printf "%s\n" "$2" >"$1.new" && mv "$1.new" "$1"' sh /run/linuxnet/sysctl/net%2Fipv4%2Fip_forward '{"found":"0","holders":{"linuxnet:shop/test/Sysctl/two-forwarding":"1"}}'; [ $? = 0 ] || exit
sh -c 'mkdir -p "${1%/*}" && printf "%s\n" "$2" >"$1.new" && mv "$1.new" "$1"' sh /run/linuxnet/sysctl/net%2Fipv4%2Fconf%2Fall%2Flog_martians '{"found":"0","holders":{"linuxnet:shop/test/Sysctl/two-martians":"1"}}'; [ $? = 0 ] || exit
sh -c 'mkdir -p "${1%/*}" && printf "%s\n" "$2" >"$1.new" && mv "$1.new" "$1"' sh /run/linuxnet/sysctl/net%2Fipv6%2Fconf%2Fall%2Fforwarding '{"found":"0","holders":{"linuxnet:shop/test/Sysctl/two-forwarding6":"1"}}'; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv4/conf/all/log_martians 1; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv6/conf/all/forwarding 1; [ $? = 0 ] || exit
sh -c 'mkdir -p "${1%/*}" && printf "%s\n" "$2" >"$1.new" && mv "$1.new" "$1"' sh /run/linuxnet/sysctl/net%2Fipv4%2Fip_local_port_range '{"found":"1025 60000","holders":{"linuxnet:shop/test/Sysctl/two-ports":"20000 40000"}}'; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv4/ip_local_port_range '20000 40000'; [ $? = 0 ] || exit
printf %s 'rule add not fwmark 0x10/0xff priority 1001 table 254 suppress_prefixlength 0 proto 125
rule show priority 1001
' | ip -4 -N -d -j -batch -; [ $? = 0 ] || exit
sh -c '# makes a namespace, marks it and names it
exec unshare --net ip -batch - <<END
link set dev lo alias $2 up
netns attach $1 $$
END' sh box linuxnet:shop/test/Namespace/two-box; [ $? = 0 ] || exit
ip netns exec box sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv4/conf/all/rp_filter 2; [ $? = 0 ] || exit
printf %s '# linuxnet:shop/test/Namespace/two-box
nameserver 10.0.12.1
search lan
options ndots:2
' | sh -c "$text4" sh box resolv.conf 1182717934 644 own linuxnet:shop/test/Namespace/two-box; [ $? = 0 ] || exit
printf %s '# linuxnet:shop/test/Namespace/two-box
127.0.0.1 localhost
::1 localhost ip6-localhost ip6-loopback
10.1.0.2 web.lan
10.1.0.3 db.lan
fd00:1::2 web.lan
' | sh -c "$text4" sh box hosts 1182717934 644 own linuxnet:shop/test/Namespace/two-box; [ $? = 0 ] || exit
printf %s 'box
# linuxnet:shop/test/Namespace/two-box
' | sh -c "$text4" sh box hostname 1182717934 644 own linuxnet:shop/test/Namespace/two-box; [ $? = 0 ] || exit
printf %s 'link add name net0 group 1182717934 address 52:5f:f3:0d:e1:11 type bridge
link set dev net0 alias linuxnet:shop/test/Bridge/two-net-bridge
address replace 10.77.0.1/24 dev net0
address replace fd00:77::1/64 dev net0 nodad
' | ip -d -j -batch -; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv6/conf/net0/dad_transmits 0; [ $? = 0 ] || exit
printf %s 'link set dev net0 up
address show dev net0
' | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link add name back0 group 1182717934 address b2:96:3f:79:84:70 type bridge
link set dev back0 alias linuxnet:shop/test/Bridge/two-back-bridge
link set dev back0 up
address show dev back0
' | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link add name overlay group 1182717934 address a6:96:d5:77:43:4e type bridge
link set dev overlay alias linuxnet:shop/test/Bridge/overlay-host2-bridge
link set dev overlay up
address show dev overlay
' | ip -d -j -batch -; [ $? = 0 ] || exit
text8='add table inet linuxnet
add map inet linuxnet forwards_in_at4 { type ifname . ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in4 { type ifname . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add set inet linuxnet hairpins_at4 { type ifname . ifname . ipv4_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins4 { type ifname . ifname . inet_proto . inet_service ; }
add map inet linuxnet localhosts4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in_at6 { type ifname . ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_in6 { type ifname . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_at6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards6 { type inet_proto . inet_service : ipv6_addr . inet_service ; }
add set inet linuxnet hairpins_at6 { type ifname . ifname . ipv6_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins6 { type ifname . ifname . inet_proto . inet_service ; }
add chain inet linuxnet prerouting { type nat hook prerouting priority dstnat - 1 ; }
add chain inet linuxnet inbound4
add chain inet linuxnet output { type nat hook output priority -101 ; }
add chain inet linuxnet outbound4
add chain inet linuxnet forward { type filter hook forward priority mangle ; }
add chain inet linuxnet forwarding4
add chain inet linuxnet postrouting { type nat hook postrouting priority srcnat ; }
add chain inet linuxnet leaving4
add chain inet linuxnet hairpin4
add chain inet linuxnet inbound6
add chain inet linuxnet outbound6
add chain inet linuxnet forwarding6
add chain inet linuxnet leaving6
add chain inet linuxnet hairpin6
add chain inet linuxnet inbound_rules4
add chain inet linuxnet outbound_rules4
add chain inet linuxnet forwarding_rules4
add chain inet linuxnet leaving_rules4
add chain inet linuxnet inbound_rules6
add chain inet linuxnet outbound_rules6
add chain inet linuxnet forwarding_rules6
add chain inet linuxnet leaving_rules6
add chain inet linuxnet guard4 { type filter hook prerouting priority raw ; }
flush chain inet linuxnet prerouting
flush chain inet linuxnet inbound4
flush chain inet linuxnet output
flush chain inet linuxnet outbound4
flush chain inet linuxnet forward
flush chain inet linuxnet forwarding4
flush chain inet linuxnet postrouting
flush chain inet linuxnet leaving4
flush chain inet linuxnet hairpin4
flush chain inet linuxnet inbound6
flush chain inet linuxnet outbound6
flush chain inet linuxnet forwarding6
flush chain inet linuxnet leaving6
flush chain inet linuxnet hairpin6
add rule inet linuxnet prerouting meta nfproto ipv4 fib daddr type local jump inbound4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . ip daddr . meta l4proto . th dport map @forwards_in_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . meta l4proto . th dport map @forwards_in4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet inbound4 jump inbound_rules4 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv4 fib daddr type local jump outbound4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr 127.0.0.0/8 dnat ip to meta l4proto . th dport map @localhosts4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet outbound4 jump outbound_rules4 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv4 ct state new ct status dnat jump forwarding4 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 jump forwarding_rules4 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv4 jump leaving4 comment "linuxnet"
add rule inet linuxnet leaving4 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin4 comment "linuxnet"
add rule inet linuxnet leaving4 ip saddr 127.0.0.0/8 oifname != "lo" ct status dnat masquerade comment "linuxnet"
add rule inet linuxnet leaving4 jump leaving_rules4 comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet prerouting meta nfproto ipv6 fib daddr type local jump inbound6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . ip6 daddr . meta l4proto . th dport map @forwards_in_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . meta l4proto . th dport map @forwards_in6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet inbound6 jump inbound_rules6 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv6 fib daddr type local jump outbound6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet outbound6 jump outbound_rules6 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv6 ct state new ct status dnat jump forwarding6 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 jump forwarding_rules6 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv6 jump leaving6 comment "linuxnet"
add rule inet linuxnet leaving6 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin6 comment "linuxnet"
add rule inet linuxnet leaving6 jump leaving_rules6 comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet leaving_rules6 ip6 saddr fd00:1::/64 oifname "eth0" masquerade comment "linuxnet:shop/test/MasqueradeRule/two-out6"
'
printf %s "$text8" | sh -c '# changes the table of nft
nft -f - || exit
[ "$1" = keep ] || nft list table inet linuxnet | grep -q '\''comment "linuxnet:'\'' || nft delete table inet linuxnet' sh keep; [ $? = 0 ] || exit
text9='add table inet linuxnet
add map inet linuxnet forwards_in_at4 { type ifname . ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in4 { type ifname . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add set inet linuxnet hairpins_at4 { type ifname . ifname . ipv4_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins4 { type ifname . ifname . inet_proto . inet_service ; }
add map inet linuxnet localhosts4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in_at6 { type ifname . ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_in6 { type ifname . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_at6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards6 { type inet_proto . inet_service : ipv6_addr . inet_service ; }
add set inet linuxnet hairpins_at6 { type ifname . ifname . ipv6_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins6 { type ifname . ifname . inet_proto . inet_service ; }
add chain inet linuxnet prerouting { type nat hook prerouting priority dstnat - 1 ; }
add chain inet linuxnet inbound4
add chain inet linuxnet output { type nat hook output priority -101 ; }
add chain inet linuxnet outbound4
add chain inet linuxnet forward { type filter hook forward priority mangle ; }
add chain inet linuxnet forwarding4
add chain inet linuxnet postrouting { type nat hook postrouting priority srcnat ; }
add chain inet linuxnet leaving4
add chain inet linuxnet hairpin4
add chain inet linuxnet inbound6
add chain inet linuxnet outbound6
add chain inet linuxnet forwarding6
add chain inet linuxnet leaving6
add chain inet linuxnet hairpin6
add chain inet linuxnet inbound_rules4
add chain inet linuxnet outbound_rules4
add chain inet linuxnet forwarding_rules4
add chain inet linuxnet leaving_rules4
add chain inet linuxnet inbound_rules6
add chain inet linuxnet outbound_rules6
add chain inet linuxnet forwarding_rules6
add chain inet linuxnet leaving_rules6
add chain inet linuxnet guard4 { type filter hook prerouting priority raw ; }
flush chain inet linuxnet prerouting
flush chain inet linuxnet inbound4
flush chain inet linuxnet output
flush chain inet linuxnet outbound4
flush chain inet linuxnet forward
flush chain inet linuxnet forwarding4
flush chain inet linuxnet postrouting
flush chain inet linuxnet leaving4
flush chain inet linuxnet hairpin4
flush chain inet linuxnet inbound6
flush chain inet linuxnet outbound6
flush chain inet linuxnet forwarding6
flush chain inet linuxnet leaving6
flush chain inet linuxnet hairpin6
add rule inet linuxnet prerouting meta nfproto ipv4 fib daddr type local jump inbound4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . ip daddr . meta l4proto . th dport map @forwards_in_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . meta l4proto . th dport map @forwards_in4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet inbound4 jump inbound_rules4 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv4 fib daddr type local jump outbound4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr 127.0.0.0/8 dnat ip to meta l4proto . th dport map @localhosts4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet outbound4 jump outbound_rules4 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv4 ct state new ct status dnat jump forwarding4 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 jump forwarding_rules4 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv4 jump leaving4 comment "linuxnet"
add rule inet linuxnet leaving4 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin4 comment "linuxnet"
add rule inet linuxnet leaving4 ip saddr 127.0.0.0/8 oifname != "lo" ct status dnat masquerade comment "linuxnet"
add rule inet linuxnet leaving4 jump leaving_rules4 comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet prerouting meta nfproto ipv6 fib daddr type local jump inbound6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . ip6 daddr . meta l4proto . th dport map @forwards_in_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . meta l4proto . th dport map @forwards_in6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet inbound6 jump inbound_rules6 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv6 fib daddr type local jump outbound6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet outbound6 jump outbound_rules6 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv6 ct state new ct status dnat jump forwarding6 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 jump forwarding_rules6 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv6 jump leaving6 comment "linuxnet"
add rule inet linuxnet leaving6 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin6 comment "linuxnet"
add rule inet linuxnet leaving6 jump leaving_rules6 comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add chain inet linuxnet LINUXNET-0998818E16C1-4
flush chain inet linuxnet LINUXNET-0998818E16C1-4
add rule inet linuxnet LINUXNET-0998818E16C1-4 ip daddr 10.9.0.0/16 return comment "linuxnet:shop/test/MasqueradeRule/two-out"
add rule inet linuxnet LINUXNET-0998818E16C1-4 masquerade comment "linuxnet:shop/test/MasqueradeRule/two-out"
add rule inet linuxnet leaving_rules4 ip saddr 10.1.0.0/24 oifname != "lan0" jump LINUXNET-0998818E16C1-4 comment "linuxnet:shop/test/MasqueradeRule/two-out"
'
printf %s "$text9" | sh -c '# changes the table of nft
nft -f - || exit
[ "$1" = keep ] || nft list table inet linuxnet | grep -q '\''comment "linuxnet:'\'' || nft delete table inet linuxnet' sh keep; [ $? = 0 ] || exit
printf %s 'link add name vx0 group 1182717934 address 82:67:8e:6e:0d:80 mtu 1450 type vxlan id 42 local 10.0.12.11 dstport 4789
link set dev vx0 alias linuxnet:shop/test/Vxlan/two-tunnel
link set dev vx0 master lan0
link set dev vx0 up
' | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'fdb append 00:00:00:00:00:00 dev vx0 dst 10.0.12.15
' | bridge -batch -; [ $? = 0 ] || exit
sh -c "$text5" sh iptables 4 linuxnet:shop/test/ ranges 'udp 9000 9010 10.0.12.11 - -'; [ $? = 0 ] || exit
sh -c "$text6" sh net/ipv4/ip_forward /run/linuxnet/sysctl/net%2Fipv4%2Fip_forward; [ $? = 0 ] || exit
text10='add table inet linuxnet
add map inet linuxnet forwards_in_at4 { type ifname . ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in4 { type ifname . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add set inet linuxnet hairpins_at4 { type ifname . ifname . ipv4_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins4 { type ifname . ifname . inet_proto . inet_service ; }
add map inet linuxnet localhosts4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in_at6 { type ifname . ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_in6 { type ifname . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_at6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards6 { type inet_proto . inet_service : ipv6_addr . inet_service ; }
add set inet linuxnet hairpins_at6 { type ifname . ifname . ipv6_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins6 { type ifname . ifname . inet_proto . inet_service ; }
add chain inet linuxnet prerouting { type nat hook prerouting priority dstnat - 1 ; }
add chain inet linuxnet inbound4
add chain inet linuxnet output { type nat hook output priority -101 ; }
add chain inet linuxnet outbound4
add chain inet linuxnet forward { type filter hook forward priority mangle ; }
add chain inet linuxnet forwarding4
add chain inet linuxnet postrouting { type nat hook postrouting priority srcnat ; }
add chain inet linuxnet leaving4
add chain inet linuxnet hairpin4
add chain inet linuxnet inbound6
add chain inet linuxnet outbound6
add chain inet linuxnet forwarding6
add chain inet linuxnet leaving6
add chain inet linuxnet hairpin6
add chain inet linuxnet inbound_rules4
add chain inet linuxnet outbound_rules4
add chain inet linuxnet forwarding_rules4
add chain inet linuxnet leaving_rules4
add chain inet linuxnet inbound_rules6
add chain inet linuxnet outbound_rules6
add chain inet linuxnet forwarding_rules6
add chain inet linuxnet leaving_rules6
add chain inet linuxnet guard4 { type filter hook prerouting priority raw ; }
flush chain inet linuxnet prerouting
flush chain inet linuxnet inbound4
flush chain inet linuxnet output
flush chain inet linuxnet outbound4
flush chain inet linuxnet forward
flush chain inet linuxnet forwarding4
flush chain inet linuxnet postrouting
flush chain inet linuxnet leaving4
flush chain inet linuxnet hairpin4
flush chain inet linuxnet inbound6
flush chain inet linuxnet outbound6
flush chain inet linuxnet forwarding6
flush chain inet linuxnet leaving6
flush chain inet linuxnet hairpin6
add rule inet linuxnet prerouting meta nfproto ipv4 fib daddr type local jump inbound4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . ip daddr . meta l4proto . th dport map @forwards_in_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . meta l4proto . th dport map @forwards_in4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet inbound4 jump inbound_rules4 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv4 fib daddr type local jump outbound4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr 127.0.0.0/8 dnat ip to meta l4proto . th dport map @localhosts4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet outbound4 jump outbound_rules4 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv4 ct state new ct status dnat jump forwarding4 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 jump forwarding_rules4 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv4 jump leaving4 comment "linuxnet"
add rule inet linuxnet leaving4 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin4 comment "linuxnet"
add rule inet linuxnet leaving4 ip saddr 127.0.0.0/8 oifname != "lo" ct status dnat masquerade comment "linuxnet"
add rule inet linuxnet leaving4 jump leaving_rules4 comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet prerouting meta nfproto ipv6 fib daddr type local jump inbound6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . ip6 daddr . meta l4proto . th dport map @forwards_in_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . meta l4proto . th dport map @forwards_in6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet inbound6 jump inbound_rules6 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv6 fib daddr type local jump outbound6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet outbound6 jump outbound_rules6 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv6 ct state new ct status dnat jump forwarding6 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 jump forwarding_rules6 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv6 jump leaving6 comment "linuxnet"
add rule inet linuxnet leaving6 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin6 comment "linuxnet"
add rule inet linuxnet leaving6 jump leaving_rules6 comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet forwarding_rules4 iifname "lan0" oifname "lan0" ct status dnat ct original ip daddr 10.0.12.11 meta l4proto udp ct original proto-dst 9000-9010 meta mark set meta mark | 0x01000000 comment "linuxnet:shop/test/PortForward/two-range"
add rule inet linuxnet inbound_rules4 ip daddr 10.0.12.11 udp dport 9000-9010 dnat ip to 10.1.0.2 comment "linuxnet:shop/test/PortForward/two-range"
add rule inet linuxnet leaving_rules4 oifname "lan0" ct status dnat meta mark & 0x01000000 == 0x01000000 ct original ip daddr 10.0.12.11 meta l4proto udp ct original proto-dst 9000-9010 masquerade comment "linuxnet:shop/test/PortForward/two-range"
add rule inet linuxnet outbound_rules4 ip daddr 10.0.12.11 udp dport 9000-9010 dnat ip to 10.1.0.2 comment "linuxnet:shop/test/PortForward/two-range"
'
printf %s "$text10" | sh -c '# changes the table of nft
nft -f - || exit
[ "$1" = keep ] || nft list table inet linuxnet | grep -q '\''comment "linuxnet:'\'' || nft delete table inet linuxnet' sh keep; [ $? = 0 ] || exit
text11='# lets the kernel forget UDP flows to these ports of the host, so that its rules see them anew
command -v conntrack >/dev/null || exit 0
family=$1 first=$2 last=$3 own=" $4 "
[ "$4" != - ] || own=" $(ip -o address show | while read -r _ _ _ address _; do echo "${address%/*}"; done | tr '\''\n'\'' '\'' '\'')"
conntrack -f "$family" -L -p udp 2>/dev/null | while read -r _ _ _ from to sport dport _; do
  port=${dport#dport=}
  case $port in "" | *[!0-9]*) continue ;; esac
  [ "$port" -ge "$first" ] && [ "$port" -le "$last" ] || continue
  case $own in *" ${to#dst=} "*)
    conntrack -f "$family" -D -p udp -s "${from#src=}" -d "${to#dst=}" --sport "${sport#sport=}" --dport "$port" >/dev/null 2>&1 ;;
  esac
done
:'
sh -c "$text11" sh ipv4 9000 9010 10.0.12.11; [ $? = 0 ] || exit
printf %s 'route add 10.11.0.0/16 via 10.1.0.2 table main scope global proto 125
route show table main exact 10.11.0.0/16
' | ip -4 -N -d -j -batch -; [ $? = 0 ] || exit
sh -c "$text5" sh ip6tables 6 linuxnet:shop/test/ - 'tcp 8003 8003 - - -'; [ $? = 0 ] || exit
sh -c "$text6" sh net/ipv6/conf/all/forwarding /run/linuxnet/sysctl/net%2Fipv6%2Fconf%2Fall%2Fforwarding; [ $? = 0 ] || exit
text12='add table inet linuxnet
add map inet linuxnet forwards_in_at4 { type ifname . ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in4 { type ifname . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add set inet linuxnet hairpins_at4 { type ifname . ifname . ipv4_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins4 { type ifname . ifname . inet_proto . inet_service ; }
add map inet linuxnet localhosts4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in_at6 { type ifname . ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_in6 { type ifname . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_at6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards6 { type inet_proto . inet_service : ipv6_addr . inet_service ; }
add set inet linuxnet hairpins_at6 { type ifname . ifname . ipv6_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins6 { type ifname . ifname . inet_proto . inet_service ; }
add chain inet linuxnet prerouting { type nat hook prerouting priority dstnat - 1 ; }
add chain inet linuxnet inbound4
add chain inet linuxnet output { type nat hook output priority -101 ; }
add chain inet linuxnet outbound4
add chain inet linuxnet forward { type filter hook forward priority mangle ; }
add chain inet linuxnet forwarding4
add chain inet linuxnet postrouting { type nat hook postrouting priority srcnat ; }
add chain inet linuxnet leaving4
add chain inet linuxnet hairpin4
add chain inet linuxnet inbound6
add chain inet linuxnet outbound6
add chain inet linuxnet forwarding6
add chain inet linuxnet leaving6
add chain inet linuxnet hairpin6
add chain inet linuxnet inbound_rules4
add chain inet linuxnet outbound_rules4
add chain inet linuxnet forwarding_rules4
add chain inet linuxnet leaving_rules4
add chain inet linuxnet inbound_rules6
add chain inet linuxnet outbound_rules6
add chain inet linuxnet forwarding_rules6
add chain inet linuxnet leaving_rules6
add chain inet linuxnet guard4 { type filter hook prerouting priority raw ; }
flush chain inet linuxnet prerouting
flush chain inet linuxnet inbound4
flush chain inet linuxnet output
flush chain inet linuxnet outbound4
flush chain inet linuxnet forward
flush chain inet linuxnet forwarding4
flush chain inet linuxnet postrouting
flush chain inet linuxnet leaving4
flush chain inet linuxnet hairpin4
flush chain inet linuxnet inbound6
flush chain inet linuxnet outbound6
flush chain inet linuxnet forwarding6
flush chain inet linuxnet leaving6
flush chain inet linuxnet hairpin6
add rule inet linuxnet prerouting meta nfproto ipv4 fib daddr type local jump inbound4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . ip daddr . meta l4proto . th dport map @forwards_in_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . meta l4proto . th dport map @forwards_in4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet inbound4 jump inbound_rules4 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv4 fib daddr type local jump outbound4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr 127.0.0.0/8 dnat ip to meta l4proto . th dport map @localhosts4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet outbound4 jump outbound_rules4 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv4 ct state new ct status dnat jump forwarding4 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 jump forwarding_rules4 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv4 jump leaving4 comment "linuxnet"
add rule inet linuxnet leaving4 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin4 comment "linuxnet"
add rule inet linuxnet leaving4 ip saddr 127.0.0.0/8 oifname != "lo" ct status dnat masquerade comment "linuxnet"
add rule inet linuxnet leaving4 jump leaving_rules4 comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet prerouting meta nfproto ipv6 fib daddr type local jump inbound6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . ip6 daddr . meta l4proto . th dport map @forwards_in_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . meta l4proto . th dport map @forwards_in6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet inbound6 jump inbound_rules6 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv6 fib daddr type local jump outbound6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet outbound6 jump outbound_rules6 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv6 ct state new ct status dnat jump forwarding6 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 jump forwarding_rules6 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv6 jump leaving6 comment "linuxnet"
add rule inet linuxnet leaving6 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin6 comment "linuxnet"
add rule inet linuxnet leaving6 jump leaving_rules6 comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet inbound_rules6 iifname != "lan0" tcp dport 8003 dnat ip6 to [fd00:1::2]:8003 comment "linuxnet:shop/test/PortForward/two-six"
add rule inet linuxnet outbound_rules6 ip6 daddr != ::1 tcp dport 8003 dnat ip6 to [fd00:1::2]:8003 comment "linuxnet:shop/test/PortForward/two-six"
'
printf %s "$text12" | sh -c '# changes the table of nft
nft -f - || exit
[ "$1" = keep ] || nft list table inet linuxnet | grep -q '\''comment "linuxnet:'\'' || nft delete table inet linuxnet' sh keep; [ $? = 0 ] || exit
printf %s 'route add fd00:11::/64 via fd00:1::2 dev lan0 metric 77 table main proto 125
route show table main exact fd00:11::/64
' | ip -6 -N -d -j -batch -; [ $? = 0 ] || exit
sh -c "$text5" sh iptables 4 linuxnet:shop/test/ - 'tcp 8001 8001 - - loopback'; [ $? = 0 ] || exit
text13='add table inet linuxnet
add map inet linuxnet forwards_in_at4 { type ifname . ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in4 { type ifname . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add set inet linuxnet hairpins_at4 { type ifname . ifname . ipv4_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins4 { type ifname . ifname . inet_proto . inet_service ; }
add map inet linuxnet localhosts4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in_at6 { type ifname . ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_in6 { type ifname . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_at6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards6 { type inet_proto . inet_service : ipv6_addr . inet_service ; }
add set inet linuxnet hairpins_at6 { type ifname . ifname . ipv6_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins6 { type ifname . ifname . inet_proto . inet_service ; }
add chain inet linuxnet prerouting { type nat hook prerouting priority dstnat - 1 ; }
add chain inet linuxnet inbound4
add chain inet linuxnet output { type nat hook output priority -101 ; }
add chain inet linuxnet outbound4
add chain inet linuxnet forward { type filter hook forward priority mangle ; }
add chain inet linuxnet forwarding4
add chain inet linuxnet postrouting { type nat hook postrouting priority srcnat ; }
add chain inet linuxnet leaving4
add chain inet linuxnet hairpin4
add chain inet linuxnet inbound6
add chain inet linuxnet outbound6
add chain inet linuxnet forwarding6
add chain inet linuxnet leaving6
add chain inet linuxnet hairpin6
add chain inet linuxnet inbound_rules4
add chain inet linuxnet outbound_rules4
add chain inet linuxnet forwarding_rules4
add chain inet linuxnet leaving_rules4
add chain inet linuxnet inbound_rules6
add chain inet linuxnet outbound_rules6
add chain inet linuxnet forwarding_rules6
add chain inet linuxnet leaving_rules6
add chain inet linuxnet guard4 { type filter hook prerouting priority raw ; }
flush chain inet linuxnet prerouting
flush chain inet linuxnet inbound4
flush chain inet linuxnet output
flush chain inet linuxnet outbound4
flush chain inet linuxnet forward
flush chain inet linuxnet forwarding4
flush chain inet linuxnet postrouting
flush chain inet linuxnet leaving4
flush chain inet linuxnet hairpin4
flush chain inet linuxnet inbound6
flush chain inet linuxnet outbound6
flush chain inet linuxnet forwarding6
flush chain inet linuxnet leaving6
flush chain inet linuxnet hairpin6
add rule inet linuxnet prerouting meta nfproto ipv4 fib daddr type local jump inbound4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . ip daddr . meta l4proto . th dport map @forwards_in_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . meta l4proto . th dport map @forwards_in4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet inbound4 jump inbound_rules4 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv4 fib daddr type local jump outbound4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr 127.0.0.0/8 dnat ip to meta l4proto . th dport map @localhosts4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet outbound4 jump outbound_rules4 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv4 ct state new ct status dnat jump forwarding4 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 jump forwarding_rules4 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv4 jump leaving4 comment "linuxnet"
add rule inet linuxnet leaving4 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin4 comment "linuxnet"
add rule inet linuxnet leaving4 ip saddr 127.0.0.0/8 oifname != "lo" ct status dnat masquerade comment "linuxnet"
add rule inet linuxnet leaving4 jump leaving_rules4 comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet prerouting meta nfproto ipv6 fib daddr type local jump inbound6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . ip6 daddr . meta l4proto . th dport map @forwards_in_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . meta l4proto . th dport map @forwards_in6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet inbound6 jump inbound_rules6 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv6 fib daddr type local jump outbound6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet outbound6 jump outbound_rules6 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv6 ct state new ct status dnat jump forwarding6 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 jump forwarding_rules6 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv6 jump leaving6 comment "linuxnet"
add rule inet linuxnet leaving6 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin6 comment "linuxnet"
add rule inet linuxnet leaving6 jump leaving_rules6 comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
create element inet linuxnet forwards4 { tcp . 8001 comment "linuxnet:shop/test/PortForward/two-web" : 10.1.0.2 . 80 }
create element inet linuxnet hairpins4 { "lan0" . "lan0" . tcp . 8001 comment "linuxnet:shop/test/PortForward/two-web" }
create element inet linuxnet localhosts4 { tcp . 8001 comment "linuxnet:shop/test/PortForward/two-web" : 10.1.0.2 . 80 }
add rule inet linuxnet guard4 iifname "lan0" ip daddr 127.0.0.0/8 drop comment "linuxnet:shop/test/PortForward/two-web"
'
printf %s "$text13" | sh -c '# changes the table of nft
nft -f - || exit
[ "$1" = keep ] || nft list table inet linuxnet | grep -q '\''comment "linuxnet:'\'' || nft delete table inet linuxnet' sh keep; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv4/conf/lan0/route_localnet 1; [ $? = 0 ] || exit
text14='link add name eth1 netns attached address c2:8b:23:f1:85:a9 mtu 1400 group 1182717934 type veth peer name att-port address 96:d7:d5:56:e7:2f mtu 1400 group 1182717934
link set dev att-port alias linuxnet:shop/test/Veth/two-plug
link set dev att-port master lan0
link set dev att-port up
link add group 1182717934 dev mac1 link near0 address 02:00:00:00:00:03 type macvlan mode private
link set dev mac1 alias linuxnet:shop/test/Macvlan/two-alone
address show dev mac1
address show dev near0
'
printf %s "$text14" | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'route add 0.0.0.0/0 dev near0 src 10.3.0.1 table 100 scope link mtu 1280 proto 125
route show table 100 exact 0.0.0.0/0
' | ip -4 -N -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link set dev eth1 alias linuxnet:shop/test/Veth/two-plug
address replace 10.1.0.3/24 dev eth1
link set dev eth1 up
address show dev eth1
' | ip -n attached -d -j -batch -; [ $? = 0 ] || exit
ip netns exec box sh -c "$text5" sh iptables 4 linuxnet:shop/test/ - 'sctp 8004 8004 - - -'; [ $? = 0 ] || exit
ip netns exec box sh -c "$text6" sh net/ipv4/ip_forward ''; [ $? = 0 ] || exit
text15='add table inet linuxnet
add map inet linuxnet forwards_in_at4 { type ifname . ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in4 { type ifname . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add set inet linuxnet hairpins_at4 { type ifname . ifname . ipv4_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins4 { type ifname . ifname . inet_proto . inet_service ; }
add map inet linuxnet localhosts4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in_at6 { type ifname . ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_in6 { type ifname . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_at6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards6 { type inet_proto . inet_service : ipv6_addr . inet_service ; }
add set inet linuxnet hairpins_at6 { type ifname . ifname . ipv6_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins6 { type ifname . ifname . inet_proto . inet_service ; }
add chain inet linuxnet prerouting { type nat hook prerouting priority dstnat - 1 ; }
add chain inet linuxnet inbound4
add chain inet linuxnet output { type nat hook output priority -101 ; }
add chain inet linuxnet outbound4
add chain inet linuxnet forward { type filter hook forward priority mangle ; }
add chain inet linuxnet forwarding4
add chain inet linuxnet postrouting { type nat hook postrouting priority srcnat ; }
add chain inet linuxnet leaving4
add chain inet linuxnet hairpin4
add chain inet linuxnet inbound6
add chain inet linuxnet outbound6
add chain inet linuxnet forwarding6
add chain inet linuxnet leaving6
add chain inet linuxnet hairpin6
add chain inet linuxnet inbound_rules4
add chain inet linuxnet outbound_rules4
add chain inet linuxnet forwarding_rules4
add chain inet linuxnet leaving_rules4
add chain inet linuxnet inbound_rules6
add chain inet linuxnet outbound_rules6
add chain inet linuxnet forwarding_rules6
add chain inet linuxnet leaving_rules6
add chain inet linuxnet guard4 { type filter hook prerouting priority raw ; }
flush chain inet linuxnet prerouting
flush chain inet linuxnet inbound4
flush chain inet linuxnet output
flush chain inet linuxnet outbound4
flush chain inet linuxnet forward
flush chain inet linuxnet forwarding4
flush chain inet linuxnet postrouting
flush chain inet linuxnet leaving4
flush chain inet linuxnet hairpin4
flush chain inet linuxnet inbound6
flush chain inet linuxnet outbound6
flush chain inet linuxnet forwarding6
flush chain inet linuxnet leaving6
flush chain inet linuxnet hairpin6
add rule inet linuxnet prerouting meta nfproto ipv4 fib daddr type local jump inbound4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . ip daddr . meta l4proto . th dport map @forwards_in_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . meta l4proto . th dport map @forwards_in4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet inbound4 jump inbound_rules4 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv4 fib daddr type local jump outbound4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr 127.0.0.0/8 dnat ip to meta l4proto . th dport map @localhosts4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet outbound4 jump outbound_rules4 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv4 ct state new ct status dnat jump forwarding4 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 jump forwarding_rules4 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv4 jump leaving4 comment "linuxnet"
add rule inet linuxnet leaving4 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin4 comment "linuxnet"
add rule inet linuxnet leaving4 ip saddr 127.0.0.0/8 oifname != "lo" ct status dnat masquerade comment "linuxnet"
add rule inet linuxnet leaving4 jump leaving_rules4 comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet prerouting meta nfproto ipv6 fib daddr type local jump inbound6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . ip6 daddr . meta l4proto . th dport map @forwards_in_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . meta l4proto . th dport map @forwards_in6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet inbound6 jump inbound_rules6 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv6 fib daddr type local jump outbound6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet outbound6 jump outbound_rules6 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv6 ct state new ct status dnat jump forwarding6 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 jump forwarding_rules6 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv6 jump leaving6 comment "linuxnet"
add rule inet linuxnet leaving6 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin6 comment "linuxnet"
add rule inet linuxnet leaving6 jump leaving_rules6 comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
create element inet linuxnet forwards4 { sctp . 8004 comment "linuxnet:shop/test/PortForward/two-in-box" : 10.2.0.2 . 8004 }
'
printf %s "$text15" | ip netns exec box sh -c '# changes the table of nft
nft -f - || exit
[ "$1" = keep ] || nft list table inet linuxnet | grep -q '\''comment "linuxnet:'\'' || nft delete table inet linuxnet' sh keep; [ $? = 0 ] || exit
printf %s 'link add name to-box netns found address 5e:17:e1:eb:55:e1 mtu 1500 group 1182717934 type veth peer name to-found address 32:b9:d2:eb:bc:e1 mtu 1500 group 1182717934
link set dev to-found alias linuxnet:shop/test/Veth/two-between
address replace 10.2.0.1/30 dev to-found
link set dev to-found up
' | ip -n box -d -j -batch -; [ $? = 0 ] || exit
ip link add group 1182717934 dev mac0 link lan0 netns box address d6:47:83:8f:83:34 type macvlan mode bridge; [ $? = 0 ] || exit
printf %s 'link set dev to-box alias linuxnet:shop/test/Veth/two-between
address replace 10.2.0.2/30 dev to-box
link set dev to-box up
' | ip -n found -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link set dev mac0 alias linuxnet:shop/test/Macvlan/two-own
address replace 10.1.0.40/24 dev mac0
link set dev mac0 up
address show dev mac0
' | ip -n box -d -j -batch -; [ $? = 0 ] || exit
ip -n found -4 route add default via 10.2.0.1 dev to-box proto 125; [ $? = 0 ] || exit
ip netns exec box sh -c "$text6" sh net/ipv4/ip_forward ''; [ $? = 0 ] || exit
text16='add table inet linuxnet
add map inet linuxnet forwards_in_at4 { type ifname . ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in4 { type ifname . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add set inet linuxnet hairpins_at4 { type ifname . ifname . ipv4_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins4 { type ifname . ifname . inet_proto . inet_service ; }
add map inet linuxnet localhosts4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in_at6 { type ifname . ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_in6 { type ifname . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_at6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards6 { type inet_proto . inet_service : ipv6_addr . inet_service ; }
add set inet linuxnet hairpins_at6 { type ifname . ifname . ipv6_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins6 { type ifname . ifname . inet_proto . inet_service ; }
add chain inet linuxnet prerouting { type nat hook prerouting priority dstnat - 1 ; }
add chain inet linuxnet inbound4
add chain inet linuxnet output { type nat hook output priority -101 ; }
add chain inet linuxnet outbound4
add chain inet linuxnet forward { type filter hook forward priority mangle ; }
add chain inet linuxnet forwarding4
add chain inet linuxnet postrouting { type nat hook postrouting priority srcnat ; }
add chain inet linuxnet leaving4
add chain inet linuxnet hairpin4
add chain inet linuxnet inbound6
add chain inet linuxnet outbound6
add chain inet linuxnet forwarding6
add chain inet linuxnet leaving6
add chain inet linuxnet hairpin6
add chain inet linuxnet inbound_rules4
add chain inet linuxnet outbound_rules4
add chain inet linuxnet forwarding_rules4
add chain inet linuxnet leaving_rules4
add chain inet linuxnet inbound_rules6
add chain inet linuxnet outbound_rules6
add chain inet linuxnet forwarding_rules6
add chain inet linuxnet leaving_rules6
add chain inet linuxnet guard4 { type filter hook prerouting priority raw ; }
flush chain inet linuxnet prerouting
flush chain inet linuxnet inbound4
flush chain inet linuxnet output
flush chain inet linuxnet outbound4
flush chain inet linuxnet forward
flush chain inet linuxnet forwarding4
flush chain inet linuxnet postrouting
flush chain inet linuxnet leaving4
flush chain inet linuxnet hairpin4
flush chain inet linuxnet inbound6
flush chain inet linuxnet outbound6
flush chain inet linuxnet forwarding6
flush chain inet linuxnet leaving6
flush chain inet linuxnet hairpin6
add rule inet linuxnet prerouting meta nfproto ipv4 fib daddr type local jump inbound4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . ip daddr . meta l4proto . th dport map @forwards_in_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . meta l4proto . th dport map @forwards_in4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet inbound4 jump inbound_rules4 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv4 fib daddr type local jump outbound4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr 127.0.0.0/8 dnat ip to meta l4proto . th dport map @localhosts4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet outbound4 jump outbound_rules4 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv4 ct state new ct status dnat jump forwarding4 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 jump forwarding_rules4 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv4 jump leaving4 comment "linuxnet"
add rule inet linuxnet leaving4 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin4 comment "linuxnet"
add rule inet linuxnet leaving4 ip saddr 127.0.0.0/8 oifname != "lo" ct status dnat masquerade comment "linuxnet"
add rule inet linuxnet leaving4 jump leaving_rules4 comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet prerouting meta nfproto ipv6 fib daddr type local jump inbound6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . ip6 daddr . meta l4proto . th dport map @forwards_in_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . meta l4proto . th dport map @forwards_in6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet inbound6 jump inbound_rules6 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv6 fib daddr type local jump outbound6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet outbound6 jump outbound_rules6 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv6 ct state new ct status dnat jump forwarding6 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 jump forwarding_rules6 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv6 jump leaving6 comment "linuxnet"
add rule inet linuxnet leaving6 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin6 comment "linuxnet"
add rule inet linuxnet leaving6 jump leaving_rules6 comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet leaving_rules4 ip saddr 10.2.0.0/30 masquerade comment "linuxnet:shop/test/MasqueradeRule/two-in-box"
'
printf %s "$text16" | ip netns exec box sh -c '# changes the table of nft
nft -f - || exit
[ "$1" = keep ] || nft list table inet linuxnet | grep -q '\''comment "linuxnet:'\'' || nft delete table inet linuxnet' sh keep; [ $? = 0 ] || exit
text17='link add name eth0 netns box address 16:d3:90:f0:11:a7 mtu 1400 group 1182717934 type veth peer name box-port address 8e:b2:1d:5d:64:d7 mtu 1400 group 1182717934
link set dev box-port alias linuxnet:shop/test/Veth/two-eth
link set dev box-port master lan0
link set dev box-port type bridge_slave hairpin on
link set dev box-port type bridge_slave isolated on
link set dev box-port up
'
printf %s "$text17" | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'route add blackhole 10.200.0.0/16 table main scope global proto 125
route show table main exact 10.200.0.0/16
' | ip -n box -4 -N -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link add name inner0 group 1182717934 address 42:65:96:ec:5a:51 type bridge ageing_time 6000
link set dev inner0 alias linuxnet:shop/test/Bridge/two-inner
link set dev inner0 up
address show dev inner0
' | ip -n box -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link set dev eth0 alias linuxnet:shop/test/Veth/two-eth
address replace 10.1.0.2/24 dev eth0
address replace fd00:1::2/64 dev eth0 nodad
' | ip -n box -d -j -batch -; [ $? = 0 ] || exit
ip netns exec box sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv6/conf/eth0/dad_transmits 0; [ $? = 0 ] || exit
ip -n box link set dev eth0 up; [ $? = 0 ] || exit
ip -n box -4 route add default via 10.1.0.1 dev eth0 proto 125; [ $? = 0 ] || exit
ip -n box -6 route add default via fd00:1::1 dev eth0 proto 125; [ $? = 0 ] || exit
printf %s 'rule add to fd00:dead::/64 priority 1002 type unreachable proto 125
rule show priority 1002
' | ip -n box -6 -N -d -j -batch -; [ $? = 0 ] || exit
text18='link add name eth0 netns web address 8a:e6:5f:59:6a:78 mtu 1500 group 1182717934 type veth peer name web-f989bc61 address f6:97:bd:82:29:60 mtu 1500 group 1182717934
link set dev web-f989bc61 alias linuxnet:shop/test/Veth/two-net-web
link set dev web-f989bc61 master net0
link set dev web-f989bc61 type bridge_slave hairpin on
link set dev web-f989bc61 up
'
printf %s "$text18" | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link set dev eth0 alias linuxnet:shop/test/Veth/two-net-web
address replace 10.77.0.218/24 dev eth0
address replace fd00:77::5ea0:e119:4872:1ef2/64 dev eth0 nodad
' | ip -n web -d -j -batch -; [ $? = 0 ] || exit
ip netns exec web sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv6/conf/eth0/dad_transmits 0; [ $? = 0 ] || exit
ip -n web link set dev eth0 up; [ $? = 0 ] || exit
ip -n web -4 route add default via 10.77.0.1 dev eth0 proto 125; [ $? = 0 ] || exit
ip -n web -6 route add default via fd00:77::1 dev eth0 proto 125; [ $? = 0 ] || exit
sh -c "$text5" sh ip6tables 6 linuxnet:shop/test/ - 'tcp 8080 8080 - - -'; [ $? = 0 ] || exit
sh -c "$text6" sh net/ipv6/conf/all/forwarding /run/linuxnet/sysctl/net%2Fipv6%2Fconf%2Fall%2Fforwarding; [ $? = 0 ] || exit
text19='add table inet linuxnet
add map inet linuxnet forwards_in_at4 { type ifname . ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in4 { type ifname . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add set inet linuxnet hairpins_at4 { type ifname . ifname . ipv4_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins4 { type ifname . ifname . inet_proto . inet_service ; }
add map inet linuxnet localhosts4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in_at6 { type ifname . ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_in6 { type ifname . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_at6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards6 { type inet_proto . inet_service : ipv6_addr . inet_service ; }
add set inet linuxnet hairpins_at6 { type ifname . ifname . ipv6_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins6 { type ifname . ifname . inet_proto . inet_service ; }
add chain inet linuxnet prerouting { type nat hook prerouting priority dstnat - 1 ; }
add chain inet linuxnet inbound4
add chain inet linuxnet output { type nat hook output priority -101 ; }
add chain inet linuxnet outbound4
add chain inet linuxnet forward { type filter hook forward priority mangle ; }
add chain inet linuxnet forwarding4
add chain inet linuxnet postrouting { type nat hook postrouting priority srcnat ; }
add chain inet linuxnet leaving4
add chain inet linuxnet hairpin4
add chain inet linuxnet inbound6
add chain inet linuxnet outbound6
add chain inet linuxnet forwarding6
add chain inet linuxnet leaving6
add chain inet linuxnet hairpin6
add chain inet linuxnet inbound_rules4
add chain inet linuxnet outbound_rules4
add chain inet linuxnet forwarding_rules4
add chain inet linuxnet leaving_rules4
add chain inet linuxnet inbound_rules6
add chain inet linuxnet outbound_rules6
add chain inet linuxnet forwarding_rules6
add chain inet linuxnet leaving_rules6
add chain inet linuxnet guard4 { type filter hook prerouting priority raw ; }
flush chain inet linuxnet prerouting
flush chain inet linuxnet inbound4
flush chain inet linuxnet output
flush chain inet linuxnet outbound4
flush chain inet linuxnet forward
flush chain inet linuxnet forwarding4
flush chain inet linuxnet postrouting
flush chain inet linuxnet leaving4
flush chain inet linuxnet hairpin4
flush chain inet linuxnet inbound6
flush chain inet linuxnet outbound6
flush chain inet linuxnet forwarding6
flush chain inet linuxnet leaving6
flush chain inet linuxnet hairpin6
add rule inet linuxnet prerouting meta nfproto ipv4 fib daddr type local jump inbound4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . ip daddr . meta l4proto . th dport map @forwards_in_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . meta l4proto . th dport map @forwards_in4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet inbound4 jump inbound_rules4 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv4 fib daddr type local jump outbound4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr 127.0.0.0/8 dnat ip to meta l4proto . th dport map @localhosts4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet outbound4 jump outbound_rules4 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv4 ct state new ct status dnat jump forwarding4 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 jump forwarding_rules4 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv4 jump leaving4 comment "linuxnet"
add rule inet linuxnet leaving4 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin4 comment "linuxnet"
add rule inet linuxnet leaving4 ip saddr 127.0.0.0/8 oifname != "lo" ct status dnat masquerade comment "linuxnet"
add rule inet linuxnet leaving4 jump leaving_rules4 comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet prerouting meta nfproto ipv6 fib daddr type local jump inbound6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . ip6 daddr . meta l4proto . th dport map @forwards_in_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . meta l4proto . th dport map @forwards_in6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet inbound6 jump inbound_rules6 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv6 fib daddr type local jump outbound6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet outbound6 jump outbound_rules6 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv6 ct state new ct status dnat jump forwarding6 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 jump forwarding_rules6 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv6 jump leaving6 comment "linuxnet"
add rule inet linuxnet leaving6 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin6 comment "linuxnet"
add rule inet linuxnet leaving6 jump leaving_rules6 comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
create element inet linuxnet forwards6 { tcp . 8080 comment "linuxnet:shop/test/PortForward/two-net-web-tcp-8080-ipv6" : fd00:77::5ea0:e119:4872:1ef2 . 80 }
create element inet linuxnet hairpins6 { "net0" . "net0" . tcp . 8080 comment "linuxnet:shop/test/PortForward/two-net-web-tcp-8080-ipv6" }
'
printf %s "$text19" | sh -c '# changes the table of nft
nft -f - || exit
[ "$1" = keep ] || nft list table inet linuxnet | grep -q '\''comment "linuxnet:'\'' || nft delete table inet linuxnet' sh keep; [ $? = 0 ] || exit
sh -c "$text5" sh iptables 4 linuxnet:shop/test/ - 'tcp 8080 8080 - - loopback'; [ $? = 0 ] || exit
text20='add table inet linuxnet
add map inet linuxnet forwards_in_at4 { type ifname . ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in4 { type ifname . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add set inet linuxnet hairpins_at4 { type ifname . ifname . ipv4_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins4 { type ifname . ifname . inet_proto . inet_service ; }
add map inet linuxnet localhosts4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in_at6 { type ifname . ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_in6 { type ifname . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_at6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards6 { type inet_proto . inet_service : ipv6_addr . inet_service ; }
add set inet linuxnet hairpins_at6 { type ifname . ifname . ipv6_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins6 { type ifname . ifname . inet_proto . inet_service ; }
add chain inet linuxnet prerouting { type nat hook prerouting priority dstnat - 1 ; }
add chain inet linuxnet inbound4
add chain inet linuxnet output { type nat hook output priority -101 ; }
add chain inet linuxnet outbound4
add chain inet linuxnet forward { type filter hook forward priority mangle ; }
add chain inet linuxnet forwarding4
add chain inet linuxnet postrouting { type nat hook postrouting priority srcnat ; }
add chain inet linuxnet leaving4
add chain inet linuxnet hairpin4
add chain inet linuxnet inbound6
add chain inet linuxnet outbound6
add chain inet linuxnet forwarding6
add chain inet linuxnet leaving6
add chain inet linuxnet hairpin6
add chain inet linuxnet inbound_rules4
add chain inet linuxnet outbound_rules4
add chain inet linuxnet forwarding_rules4
add chain inet linuxnet leaving_rules4
add chain inet linuxnet inbound_rules6
add chain inet linuxnet outbound_rules6
add chain inet linuxnet forwarding_rules6
add chain inet linuxnet leaving_rules6
add chain inet linuxnet guard4 { type filter hook prerouting priority raw ; }
flush chain inet linuxnet prerouting
flush chain inet linuxnet inbound4
flush chain inet linuxnet output
flush chain inet linuxnet outbound4
flush chain inet linuxnet forward
flush chain inet linuxnet forwarding4
flush chain inet linuxnet postrouting
flush chain inet linuxnet leaving4
flush chain inet linuxnet hairpin4
flush chain inet linuxnet inbound6
flush chain inet linuxnet outbound6
flush chain inet linuxnet forwarding6
flush chain inet linuxnet leaving6
flush chain inet linuxnet hairpin6
add rule inet linuxnet prerouting meta nfproto ipv4 fib daddr type local jump inbound4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . ip daddr . meta l4proto . th dport map @forwards_in_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . meta l4proto . th dport map @forwards_in4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet inbound4 jump inbound_rules4 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv4 fib daddr type local jump outbound4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr 127.0.0.0/8 dnat ip to meta l4proto . th dport map @localhosts4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet outbound4 jump outbound_rules4 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv4 ct state new ct status dnat jump forwarding4 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 jump forwarding_rules4 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv4 jump leaving4 comment "linuxnet"
add rule inet linuxnet leaving4 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin4 comment "linuxnet"
add rule inet linuxnet leaving4 ip saddr 127.0.0.0/8 oifname != "lo" ct status dnat masquerade comment "linuxnet"
add rule inet linuxnet leaving4 jump leaving_rules4 comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet prerouting meta nfproto ipv6 fib daddr type local jump inbound6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . ip6 daddr . meta l4proto . th dport map @forwards_in_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . meta l4proto . th dport map @forwards_in6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet inbound6 jump inbound_rules6 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv6 fib daddr type local jump outbound6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet outbound6 jump outbound_rules6 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv6 ct state new ct status dnat jump forwarding6 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 jump forwarding_rules6 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv6 jump leaving6 comment "linuxnet"
add rule inet linuxnet leaving6 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin6 comment "linuxnet"
add rule inet linuxnet leaving6 jump leaving_rules6 comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
create element inet linuxnet forwards4 { tcp . 8080 comment "linuxnet:shop/test/PortForward/two-net-web-tcp-8080" : 10.77.0.218 . 80 }
create element inet linuxnet hairpins4 { "net0" . "net0" . tcp . 8080 comment "linuxnet:shop/test/PortForward/two-net-web-tcp-8080" }
create element inet linuxnet localhosts4 { tcp . 8080 comment "linuxnet:shop/test/PortForward/two-net-web-tcp-8080" : 10.77.0.218 . 80 }
add rule inet linuxnet guard4 iifname "net0" ip daddr 127.0.0.0/8 drop comment "linuxnet:shop/test/PortForward/two-net-web-tcp-8080"
'
printf %s "$text20" | sh -c '# changes the table of nft
nft -f - || exit
[ "$1" = keep ] || nft list table inet linuxnet | grep -q '\''comment "linuxnet:'\'' || nft delete table inet linuxnet' sh keep; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv4/conf/net0/route_localnet 1; [ $? = 0 ] || exit
text21='add table inet linuxnet
add map inet linuxnet forwards_in_at4 { type ifname . ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in4 { type ifname . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add set inet linuxnet hairpins_at4 { type ifname . ifname . ipv4_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins4 { type ifname . ifname . inet_proto . inet_service ; }
add map inet linuxnet localhosts4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in_at6 { type ifname . ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_in6 { type ifname . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_at6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards6 { type inet_proto . inet_service : ipv6_addr . inet_service ; }
add set inet linuxnet hairpins_at6 { type ifname . ifname . ipv6_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins6 { type ifname . ifname . inet_proto . inet_service ; }
add chain inet linuxnet prerouting { type nat hook prerouting priority dstnat - 1 ; }
add chain inet linuxnet inbound4
add chain inet linuxnet output { type nat hook output priority -101 ; }
add chain inet linuxnet outbound4
add chain inet linuxnet forward { type filter hook forward priority mangle ; }
add chain inet linuxnet forwarding4
add chain inet linuxnet postrouting { type nat hook postrouting priority srcnat ; }
add chain inet linuxnet leaving4
add chain inet linuxnet hairpin4
add chain inet linuxnet inbound6
add chain inet linuxnet outbound6
add chain inet linuxnet forwarding6
add chain inet linuxnet leaving6
add chain inet linuxnet hairpin6
add chain inet linuxnet inbound_rules4
add chain inet linuxnet outbound_rules4
add chain inet linuxnet forwarding_rules4
add chain inet linuxnet leaving_rules4
add chain inet linuxnet inbound_rules6
add chain inet linuxnet outbound_rules6
add chain inet linuxnet forwarding_rules6
add chain inet linuxnet leaving_rules6
add chain inet linuxnet guard4 { type filter hook prerouting priority raw ; }
flush chain inet linuxnet prerouting
flush chain inet linuxnet inbound4
flush chain inet linuxnet output
flush chain inet linuxnet outbound4
flush chain inet linuxnet forward
flush chain inet linuxnet forwarding4
flush chain inet linuxnet postrouting
flush chain inet linuxnet leaving4
flush chain inet linuxnet hairpin4
flush chain inet linuxnet inbound6
flush chain inet linuxnet outbound6
flush chain inet linuxnet forwarding6
flush chain inet linuxnet leaving6
flush chain inet linuxnet hairpin6
add rule inet linuxnet prerouting meta nfproto ipv4 fib daddr type local jump inbound4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . ip daddr . meta l4proto . th dport map @forwards_in_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . meta l4proto . th dport map @forwards_in4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet inbound4 jump inbound_rules4 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv4 fib daddr type local jump outbound4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr 127.0.0.0/8 dnat ip to meta l4proto . th dport map @localhosts4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet outbound4 jump outbound_rules4 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv4 ct state new ct status dnat jump forwarding4 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 jump forwarding_rules4 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv4 jump leaving4 comment "linuxnet"
add rule inet linuxnet leaving4 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin4 comment "linuxnet"
add rule inet linuxnet leaving4 ip saddr 127.0.0.0/8 oifname != "lo" ct status dnat masquerade comment "linuxnet"
add rule inet linuxnet leaving4 jump leaving_rules4 comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet prerouting meta nfproto ipv6 fib daddr type local jump inbound6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . ip6 daddr . meta l4proto . th dport map @forwards_in_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . meta l4proto . th dport map @forwards_in6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet inbound6 jump inbound_rules6 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv6 fib daddr type local jump outbound6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet outbound6 jump outbound_rules6 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv6 ct state new ct status dnat jump forwarding6 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 jump forwarding_rules6 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv6 jump leaving6 comment "linuxnet"
add rule inet linuxnet leaving6 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin6 comment "linuxnet"
add rule inet linuxnet leaving6 jump leaving_rules6 comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet leaving_rules4 ip saddr 10.77.0.0/24 oifname != "net0" masquerade comment "linuxnet:shop/test/MasqueradeRule/two-net-masquerade"
'
printf %s "$text21" | sh -c '# changes the table of nft
nft -f - || exit
[ "$1" = keep ] || nft list table inet linuxnet | grep -q '\''comment "linuxnet:'\'' || nft delete table inet linuxnet' sh keep; [ $? = 0 ] || exit
ip -n box link add name half0 address c6:91:5b:4e:43:33 mtu 1500 group 1182717934 type veth peer name half1 address 6e:f6:a6:39:5c:5d mtu 1500 group 1182717934; [ $? = 0 ] || exit
ip -n box link set dev half1 alias linuxnet:shop/test/Veth/two-half; [ $? = 0 ] || exit
ip -n box link set dev half1 master inner0; [ $? = 0 ] || exit
ip -n box link set dev half1 up; [ $? = 0 ] || exit
ip -n box link set dev half0 alias linuxnet:shop/test/Veth/two-half; [ $? = 0 ] || exit
text22='link add name overlay-vx group 1182717934 address e6:af:9c:d3:37:57 mtu 1450 type vxlan id 99 local 10.0.12.11 dstport 4789
link set dev overlay-vx alias linuxnet:shop/test/Vxlan/overlay-host2-vxlan
link set dev overlay-vx master overlay
link set dev overlay-vx up
link add name vx1 group 1182717934 address 92:4e:da:52:39:e6 mtu 1300 netns box type vxlan id 43 local 10.1.0.2 group 239.1.1.1 dev eth0 dstport 4790 nolearning
'
printf %s "$text22" | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'fdb append 00:00:00:00:00:00 dev overlay-vx dst 10.0.12.15
fdb append 00:00:00:00:00:00 dev overlay-vx dst 10.0.12.77
' | bridge -batch -; [ $? = 0 ] || exit
printf %s 'link set dev vx1 alias linuxnet:shop/test/Vxlan/two-many
address replace 10.4.0.1/24 dev vx1
link set dev vx1 up
address show dev vx1
' | ip -n box -d -j -batch -; [ $? = 0 ] || exit
text23='add table inet linuxnet
add map inet linuxnet forwards_in_at4 { type ifname . ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in4 { type ifname . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add set inet linuxnet hairpins_at4 { type ifname . ifname . ipv4_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins4 { type ifname . ifname . inet_proto . inet_service ; }
add map inet linuxnet localhosts4 { type inet_proto . inet_service : ipv4_addr . inet_service ; }
add map inet linuxnet forwards_in_at6 { type ifname . ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_in6 { type ifname . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards_at6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service ; }
add map inet linuxnet forwards6 { type inet_proto . inet_service : ipv6_addr . inet_service ; }
add set inet linuxnet hairpins_at6 { type ifname . ifname . ipv6_addr . inet_proto . inet_service ; }
add set inet linuxnet hairpins6 { type ifname . ifname . inet_proto . inet_service ; }
add chain inet linuxnet prerouting { type nat hook prerouting priority dstnat - 1 ; }
add chain inet linuxnet inbound4
add chain inet linuxnet output { type nat hook output priority -101 ; }
add chain inet linuxnet outbound4
add chain inet linuxnet forward { type filter hook forward priority mangle ; }
add chain inet linuxnet forwarding4
add chain inet linuxnet postrouting { type nat hook postrouting priority srcnat ; }
add chain inet linuxnet leaving4
add chain inet linuxnet hairpin4
add chain inet linuxnet inbound6
add chain inet linuxnet outbound6
add chain inet linuxnet forwarding6
add chain inet linuxnet leaving6
add chain inet linuxnet hairpin6
add chain inet linuxnet inbound_rules4
add chain inet linuxnet outbound_rules4
add chain inet linuxnet forwarding_rules4
add chain inet linuxnet leaving_rules4
add chain inet linuxnet inbound_rules6
add chain inet linuxnet outbound_rules6
add chain inet linuxnet forwarding_rules6
add chain inet linuxnet leaving_rules6
add chain inet linuxnet guard4 { type filter hook prerouting priority raw ; }
flush chain inet linuxnet prerouting
flush chain inet linuxnet inbound4
flush chain inet linuxnet output
flush chain inet linuxnet outbound4
flush chain inet linuxnet forward
flush chain inet linuxnet forwarding4
flush chain inet linuxnet postrouting
flush chain inet linuxnet leaving4
flush chain inet linuxnet hairpin4
flush chain inet linuxnet inbound6
flush chain inet linuxnet outbound6
flush chain inet linuxnet forwarding6
flush chain inet linuxnet leaving6
flush chain inet linuxnet hairpin6
add rule inet linuxnet prerouting meta nfproto ipv4 fib daddr type local jump inbound4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . ip daddr . meta l4proto . th dport map @forwards_in_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to iifname . meta l4proto . th dport map @forwards_in4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet inbound4 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet inbound4 jump inbound_rules4 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv4 fib daddr type local jump outbound4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr 127.0.0.0/8 dnat ip to meta l4proto . th dport map @localhosts4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4 comment "linuxnet"
add rule inet linuxnet outbound4 ip daddr != 127.0.0.0/8 dnat ip to meta l4proto . th dport map @forwards4 comment "linuxnet"
add rule inet linuxnet outbound4 jump outbound_rules4 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv4 ct state new ct status dnat jump forwarding4 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins4 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding4 jump forwarding_rules4 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv4 jump leaving4 comment "linuxnet"
add rule inet linuxnet leaving4 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin4 comment "linuxnet"
add rule inet linuxnet leaving4 ip saddr 127.0.0.0/8 oifname != "lo" ct status dnat masquerade comment "linuxnet"
add rule inet linuxnet leaving4 jump leaving_rules4 comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . ct original ip daddr . meta l4proto . ct original proto-dst @hairpins_at4 masquerade comment "linuxnet"
add rule inet linuxnet hairpin4 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins4 masquerade comment "linuxnet"
add rule inet linuxnet prerouting meta nfproto ipv6 fib daddr type local jump inbound6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . ip6 daddr . meta l4proto . th dport map @forwards_in_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to iifname . meta l4proto . th dport map @forwards_in6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet inbound6 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet inbound6 jump inbound_rules6 comment "linuxnet"
add rule inet linuxnet output meta nfproto ipv6 fib daddr type local jump outbound6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to ip6 daddr . meta l4proto . th dport map @forwards_at6 comment "linuxnet"
add rule inet linuxnet outbound6 ip6 daddr != ::1 dnat ip6 to meta l4proto . th dport map @forwards6 comment "linuxnet"
add rule inet linuxnet outbound6 jump outbound_rules6 comment "linuxnet"
add rule inet linuxnet forward meta nfproto ipv6 ct state new ct status dnat jump forwarding6 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto tcp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto udp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 meta l4proto sctp iifname . oifname . meta l4proto . ct original proto-dst @hairpins6 meta mark set meta mark | 0x01000000 comment "linuxnet"
add rule inet linuxnet forwarding6 jump forwarding_rules6 comment "linuxnet"
add rule inet linuxnet postrouting meta nfproto ipv6 jump leaving6 comment "linuxnet"
add rule inet linuxnet leaving6 ct status dnat meta mark & 0x01000000 == 0x01000000 jump hairpin6 comment "linuxnet"
add rule inet linuxnet leaving6 jump leaving_rules6 comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto tcp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto udp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . ct original ip6 daddr . meta l4proto . ct original proto-dst @hairpins_at6 masquerade comment "linuxnet"
add rule inet linuxnet hairpin6 meta l4proto sctp oifname . oifname . meta l4proto . ct original proto-dst @hairpins6 masquerade comment "linuxnet"
add rule inet linuxnet leaving_rules6 ip6 saddr fd00:77::/64 oifname != "net0" masquerade comment "linuxnet:shop/test/MasqueradeRule/two-net-masquerade-ipv6"
'
printf %s "$text23" | sh -c '# changes the table of nft
nft -f - || exit
[ "$1" = keep ] || nft list table inet linuxnet | grep -q '\''comment "linuxnet:'\'' || nft delete table inet linuxnet' sh keep; [ $? = 0 ] || exit
text24='link add name eth0 netns app address 7a:d1:95:8c:98:4e mtu 1450 group 1182717934 type veth peer name app-4f1df0d7 address ca:c3:2f:91:2b:d8 mtu 1450 group 1182717934
link set dev app-4f1df0d7 alias linuxnet:shop/test/Veth/overlay-host2-app
link set dev app-4f1df0d7 master overlay
link set dev app-4f1df0d7 up
'
printf %s "$text24" | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link set dev eth0 alias linuxnet:shop/test/Veth/overlay-host2-app
address replace 10.99.0.246/24 dev eth0
link set dev eth0 up
address show dev eth0
' | ip -n app -d -j -batch -; [ $? = 0 ] || exit
text25='link add name eth1 netns web address 8e:06:06:45:97:b2 mtu 1500 group 1182717934 type veth peer name web-a09fdb63 address 3a:ff:22:3f:7c:b1 mtu 1500 group 1182717934
link set dev web-a09fdb63 alias linuxnet:shop/test/Veth/two-back-web
link set dev web-a09fdb63 master back0
link set dev web-a09fdb63 type bridge_slave hairpin on
link set dev web-a09fdb63 type bridge_slave isolated on
link set dev web-a09fdb63 up
'
printf %s "$text25" | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link set dev eth1 alias linuxnet:shop/test/Veth/two-back-web
address replace 10.78.0.10/24 dev eth1
link set dev eth1 up
address show dev eth1
' | ip -n web -d -j -batch -; [ $? = 0 ] || exit
