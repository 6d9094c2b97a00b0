# Recorded by test/upgrade/record.ts: what version 0.1.0 ran on host1.
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
sh -c '# makes a namespace, marks it and names it
exec unshare --net ip -batch - <<END
link set dev lo alias $2 up
netns attach $1 $$
END' sh web linuxnet:shop/test/Namespace/one-web; [ $? = 0 ] || exit
ip link add name lan0 group 1182717934 address 9a:91:e7:b6:a2:7c type bridge; [ $? = 0 ] || exit
ip link set dev lan0 alias linuxnet:shop/test/Bridge/one-lan; [ $? = 0 ] || exit
ip link set dev lan0 mtu 1400; [ $? = 0 ] || exit
ip address replace 10.1.0.1/24 dev lan0; [ $? = 0 ] || exit
ip address replace fd00:1::1/64 dev lan0 nodad; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv6/conf/lan0/dad_transmits 0; [ $? = 0 ] || exit
ip link set dev lan0 up; [ $? = 0 ] || exit
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
sh -c "$text2" sh path /run/container attached linuxnet:shop/test/Namespace/one-attached; [ $? = 0 ] || exit
sh -c 'mkdir -p "${1%/*}" && printf "%s\n" "$2" >"$1.new" && mv "$1.new" "$1"' sh /run/linuxnet/sysctl/net%2Fipv4%2Fconf%2Fall%2Flog_martians '{"found":"0","holders":{"linuxnet:shop/test/Sysctl/one-martians":"1"}}'; [ $? = 0 ] || exit
sh -c 'mkdir -p "${1%/*}" && printf "%s\n" "$2" >"$1.new" && mv "$1.new" "$1"' sh /run/linuxnet/sysctl/net%2Fipv6%2Fconf%2Fall%2Fforwarding '{"found":"0","holders":{"linuxnet:shop/test/Sysctl/one-forwarding6":"1"}}'; [ $? = 0 ] || exit
sh -c 'mkdir -p "${1%/*}" && printf "%s\n" "$2" >"$1.new" && mv "$1.new" "$1"' sh /run/linuxnet/sysctl/net%2Fipv4%2Fip_local_port_range '{"found":"1025 60000","holders":{"linuxnet:shop/test/Sysctl/one-ports":"20000 40000"}}'; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv4/conf/all/log_martians 1; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv6/conf/all/forwarding 1; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv4/ip_local_port_range '20000 40000'; [ $? = 0 ] || exit
text3='link add name near0 address 52:1c:ce:e8:16:21 mtu 1500 group 1182717934 type veth peer name far0 address 02:00:00:00:00:02 mtu 1500 group 1182717934
link set dev far0 alias linuxnet:shop/test/Veth/one-plain
link set dev far0 up
link set dev near0 alias linuxnet:shop/test/Veth/one-plain
address replace 10.3.0.1/30 dev near0
link set dev near0 up
address show dev near0
address show dev far0
'
printf %s "$text3" | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'rule add from 10.1.0.0/24 priority 1000 table 100 proto 125
rule show priority 1000
' | ip -4 -N -d -j -batch -; [ $? = 0 ] || exit
sh -c '# makes a namespace, marks it and names it
exec unshare --net ip -batch - <<END
link set dev lo alias $2 up
netns attach $1 $$
END' sh found linuxnet:shop/test/Namespace/one-found; [ $? = 0 ] || exit
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
printf %s '# linuxnet:shop/test/Namespace/one-found
nameserver 10.0.12.2
' | sh -c "$text4" sh found resolv.conf 1182717934 644 any linuxnet:shop/test/Namespace/one-found; [ $? = 0 ] || exit
printf %s 'link add name trees0 group 1182717934 address 02:00:00:00:00:01 type bridge forward_delay 400 stp_state 1
link set dev trees0 alias linuxnet:shop/test/Bridge/one-trees
link set dev trees0 up
address show dev trees0
' | ip -d -j -batch -; [ $? = 0 ] || exit
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
printf %s '*nat
-A PREROUTING -i eth0 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8002 -m comment --comment "linuxnet:shop/test/PortForward/one-plain" -j DNAT --to-destination 10.1.0.3:8002
COMMIT
' | iptables-restore --noflush -w 10; [ $? = 0 ] || exit
sh -c '# makes a namespace, marks it and names it
exec unshare --net ip -batch - <<END
link set dev lo alias $2 up
netns attach $1 $$
END' sh app linuxnet:shop/test/Namespace/host1-app; [ $? = 0 ] || exit
printf %s '*nat
-A POSTROUTING -s fd00:1::/64 -o eth0 -m comment --comment "linuxnet:shop/test/MasqueradeRule/one-out6" -j MASQUERADE
COMMIT
' | ip6tables-restore --noflush -w 10; [ $? = 0 ] || exit
printf %s 'rule add not fwmark 0x10/0xff priority 1001 table 254 suppress_prefixlength 0 proto 125
rule show priority 1001
' | ip -4 -N -d -j -batch -; [ $? = 0 ] || exit
sh -c '# makes a namespace, marks it and names it
exec unshare --net ip -batch - <<END
link set dev lo alias $2 up
netns attach $1 $$
END' sh box linuxnet:shop/test/Namespace/one-box; [ $? = 0 ] || exit
ip netns exec box sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv4/conf/all/rp_filter 2; [ $? = 0 ] || exit
printf %s '# linuxnet:shop/test/Namespace/one-box
nameserver 10.0.12.1
search lan
options ndots:2
' | sh -c "$text4" sh box resolv.conf 1182717934 644 own linuxnet:shop/test/Namespace/one-box; [ $? = 0 ] || exit
printf %s '# linuxnet:shop/test/Namespace/one-box
127.0.0.1 localhost
::1 localhost ip6-localhost ip6-loopback
10.1.0.2 web.lan
10.1.0.3 db.lan
fd00:1::2 web.lan
' | sh -c "$text4" sh box hosts 1182717934 644 own linuxnet:shop/test/Namespace/one-box; [ $? = 0 ] || exit
printf %s 'box
# linuxnet:shop/test/Namespace/one-box
' | sh -c "$text4" sh box hostname 1182717934 644 own linuxnet:shop/test/Namespace/one-box; [ $? = 0 ] || exit
printf %s 'link add name back0 group 1182717934 address 2a:3c:2f:e9:07:a7 type bridge
link set dev back0 alias linuxnet:shop/test/Bridge/one-back-bridge
link set dev back0 up
address show dev back0
' | ip -d -j -batch -; [ $? = 0 ] || exit
sh -c 'mkdir -p "${1%/*}" && printf "%s\n" "$2" >"$1.new" && mv "$1.new" "$1"' sh /run/linuxnet/sysctl/net%2Fipv4%2Fip_forward '{"found":"0","holders":{"linuxnet:shop/test/Sysctl/one-forwarding":"1"}}'; [ $? = 0 ] || exit
printf %s 'link add name net0 group 1182717934 address 1a:f3:20:c2:7a:68 type bridge
link set dev net0 alias linuxnet:shop/test/Bridge/one-net-bridge
address replace 10.77.0.1/24 dev net0
address replace fd00:77::1/64 dev net0 nodad
' | ip -d -j -batch -; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv6/conf/net0/dad_transmits 0; [ $? = 0 ] || exit
printf %s 'link set dev net0 up
address show dev net0
' | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link add name overlay group 1182717934 address ba:53:ce:9c:a9:90 type bridge
link set dev overlay alias linuxnet:shop/test/Bridge/overlay-host1-bridge
link set dev overlay up
address show dev overlay
' | ip -d -j -batch -; [ $? = 0 ] || exit
sh -c "$text5" sh iptables 4 linuxnet:shop/test/ ranges 'udp 9000 9010 10.0.12.15 - -'; [ $? = 0 ] || exit
sh -c "$text6" sh net/ipv4/ip_forward /run/linuxnet/sysctl/net%2Fipv4%2Fip_forward; [ $? = 0 ] || exit
text7='*mangle
-A FORWARD -d 10.1.0.2/32 -i lan0 -o lan0 -p udp -m udp --dport 9000:9010 -m conntrack --ctstate DNAT -m comment --comment "linuxnet:shop/test/PortForward/one-range" -j MARK --set-xmark 0x1000000/0x1000000
COMMIT

*nat
-A PREROUTING -d 10.0.12.15/32 ! -i lan0 -p udp -m addrtype --dst-type LOCAL -m udp --dport 9000:9010 -m comment --comment "linuxnet:shop/test/PortForward/one-range" -j DNAT --to-destination 10.1.0.2
-A PREROUTING -d 10.0.12.15/32 -i lan0 -p udp -m addrtype --dst-type LOCAL -m udp --dport 9000:9010 -m comment --comment "linuxnet:shop/test/PortForward/one-range" -j DNAT --to-destination 10.1.0.2
-A OUTPUT -d 10.0.12.15/32 -p udp -m addrtype --dst-type LOCAL -m udp --dport 9000:9010 -m comment --comment "linuxnet:shop/test/PortForward/one-range" -j DNAT --to-destination 10.1.0.2
-A POSTROUTING -d 10.1.0.2/32 -o lan0 -p udp -m udp --dport 9000:9010 -m conntrack --ctstate DNAT -m mark --mark 0x1000000/0x1000000 -m comment --comment "linuxnet:shop/test/PortForward/one-range" -j MASQUERADE
COMMIT
'
printf %s "$text7" | iptables-restore --noflush -w 10; [ $? = 0 ] || exit
text8='# lets the kernel forget UDP flows to these ports of the host, so that its rules see them anew
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
sh -c "$text8" sh ipv4 9000 9010 10.0.12.15; [ $? = 0 ] || exit
printf %s 'route add 10.11.0.0/16 via 10.1.0.2 table main scope global proto 125
route show table main exact 10.11.0.0/16
' | ip -4 -N -d -j -batch -; [ $? = 0 ] || exit
printf %s 'route add fd00:11::/64 via fd00:1::2 dev lan0 metric 77 table main proto 125
route show table main exact fd00:11::/64
' | ip -6 -N -d -j -batch -; [ $? = 0 ] || exit
sh -c "$text5" sh ip6tables 6 linuxnet:shop/test/ - 'tcp 8003 8003 - - -'; [ $? = 0 ] || exit
sh -c "$text6" sh net/ipv6/conf/all/forwarding /run/linuxnet/sysctl/net%2Fipv6%2Fconf%2Fall%2Fforwarding; [ $? = 0 ] || exit
text9='*nat
-A PREROUTING ! -i lan0 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8003 -m comment --comment "linuxnet:shop/test/PortForward/one-six" -j DNAT --to-destination [fd00:1::2]:8003
-A OUTPUT ! -d ::1/128 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8003 -m comment --comment "linuxnet:shop/test/PortForward/one-six" -j DNAT --to-destination [fd00:1::2]:8003
COMMIT
'
printf %s "$text9" | ip6tables-restore --noflush -w 10; [ $? = 0 ] || exit
text10='link add name vx0 group 1182717934 address 26:96:94:dc:99:5c mtu 1450 type vxlan id 42 local 10.0.12.15 dstport 4789
link set dev vx0 alias linuxnet:shop/test/Vxlan/one-tunnel
link set dev vx0 master lan0
link set dev vx0 up
link add name eth1 netns attached address 62:cf:37:aa:c2:4f mtu 1400 group 1182717934 type veth peer name att-port address ce:03:87:01:24:53 mtu 1400 group 1182717934
link set dev att-port alias linuxnet:shop/test/Veth/one-plug
link set dev att-port master lan0
link set dev att-port up
link add group 1182717934 dev mac1 link near0 address 02:00:00:00:00:03 type macvlan mode private
link set dev mac1 alias linuxnet:shop/test/Macvlan/one-alone
address show dev mac1
address show dev near0
'
printf %s "$text10" | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'route add 0.0.0.0/0 dev near0 src 10.3.0.1 table 100 scope link mtu 1280 proto 125
route show table 100 exact 0.0.0.0/0
' | ip -4 -N -d -j -batch -; [ $? = 0 ] || exit
printf %s 'fdb append 00:00:00:00:00:00 dev vx0 dst 10.0.12.11
' | bridge -batch -; [ $? = 0 ] || exit
printf %s 'link set dev eth1 alias linuxnet:shop/test/Veth/one-plug
address replace 10.1.0.3/24 dev eth1
link set dev eth1 up
address show dev eth1
' | ip -n attached -d -j -batch -; [ $? = 0 ] || exit
ip link add group 1182717934 dev mac0 link lan0 netns box address ee:e0:ee:14:be:dc type macvlan mode bridge; [ $? = 0 ] || exit
printf %s 'link set dev mac0 alias linuxnet:shop/test/Macvlan/one-own
address replace 10.1.0.40/24 dev mac0
link set dev mac0 up
address show dev mac0
' | ip -n box -d -j -batch -; [ $? = 0 ] || exit
ip netns exec box sh -c "$text6" sh net/ipv4/ip_forward ''; [ $? = 0 ] || exit
printf %s '*nat
-A POSTROUTING -s 10.2.0.0/30 -m comment --comment "linuxnet:shop/test/MasqueradeRule/one-in-box" -j MASQUERADE
COMMIT
' | ip netns exec box iptables-restore --noflush -w 10; [ $? = 0 ] || exit
sh -c "$text5" sh iptables 4 linuxnet:shop/test/ - 'tcp 8001 8001 - - loopback'; [ $? = 0 ] || exit
text11='*raw
-A PREROUTING -d 127.0.0.0/8 -i lan0 -m comment --comment "linuxnet:shop/test/PortForward/one-web" -j DROP
COMMIT

*mangle
-A FORWARD -d 10.1.0.2/32 -i lan0 -o lan0 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -m comment --comment "linuxnet:shop/test/PortForward/one-web" -j MARK --set-xmark 0x1000000/0x1000000
COMMIT

*nat
-A PREROUTING ! -i lan0 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8001 -m comment --comment "linuxnet:shop/test/PortForward/one-web" -j DNAT --to-destination 10.1.0.2:80
-A PREROUTING -i lan0 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8001 -m comment --comment "linuxnet:shop/test/PortForward/one-web" -j DNAT --to-destination 10.1.0.2:80
-A OUTPUT ! -d 127.0.0.0/8 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8001 -m comment --comment "linuxnet:shop/test/PortForward/one-web" -j DNAT --to-destination 10.1.0.2:80
-A OUTPUT -d 127.0.0.0/8 -p tcp -m tcp --dport 8001 -m comment --comment "linuxnet:shop/test/PortForward/one-web" -j DNAT --to-destination 10.1.0.2:80
-A POSTROUTING -d 10.1.0.2/32 -o lan0 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -m mark --mark 0x1000000/0x1000000 -m comment --comment "linuxnet:shop/test/PortForward/one-web" -j MASQUERADE
-A POSTROUTING -s 127.0.0.0/8 -d 10.1.0.2/32 -o lan0 -p tcp -m tcp --dport 80 -m comment --comment "linuxnet:shop/test/PortForward/one-web" -j MASQUERADE
COMMIT
'
printf %s "$text11" | iptables-restore --noflush -w 10; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv4/conf/lan0/route_localnet 1; [ $? = 0 ] || exit
printf %s 'route add blackhole 10.200.0.0/16 table main scope global proto 125
route show table main exact 10.200.0.0/16
' | ip -n box -4 -N -d -j -batch -; [ $? = 0 ] || exit
text12='link add name to-box netns found address 42:49:99:8c:a5:20 mtu 1500 group 1182717934 type veth peer name to-found address f2:b9:5f:b1:bd:ae mtu 1500 group 1182717934
link set dev to-found alias linuxnet:shop/test/Veth/one-between
address replace 10.2.0.1/30 dev to-found
link set dev to-found up
link add name inner0 group 1182717934 address 0a:4d:eb:10:3e:c0 type bridge ageing_time 6000
link set dev inner0 alias linuxnet:shop/test/Bridge/one-inner
link set dev inner0 up
address show dev inner0
'
printf %s "$text12" | ip -n box -d -j -batch -; [ $? = 0 ] || exit
text13='link add name eth0 netns box address 02:6b:f3:0c:37:4d mtu 1400 group 1182717934 type veth peer name box-port address 9e:ab:d9:b8:69:43 mtu 1400 group 1182717934
link set dev box-port alias linuxnet:shop/test/Veth/one-eth
link set dev box-port master lan0
link set dev box-port type bridge_slave hairpin on
link set dev box-port type bridge_slave isolated on
link set dev box-port up
'
printf %s "$text13" | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link set dev to-box alias linuxnet:shop/test/Veth/one-between
address replace 10.2.0.2/30 dev to-box
link set dev to-box up
' | ip -n found -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link set dev eth0 alias linuxnet:shop/test/Veth/one-eth
address replace 10.1.0.2/24 dev eth0
address replace fd00:1::2/64 dev eth0 nodad
' | ip -n box -d -j -batch -; [ $? = 0 ] || exit
ip -n found -4 route add default via 10.2.0.1 dev to-box proto 125; [ $? = 0 ] || exit
ip netns exec box sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv6/conf/eth0/dad_transmits 0; [ $? = 0 ] || exit
ip -n box link set dev eth0 up; [ $? = 0 ] || exit
ip -n box -4 route add default via 10.1.0.1 dev eth0 proto 125; [ $? = 0 ] || exit
ip -n box -6 route add default via fd00:1::1 dev eth0 proto 125; [ $? = 0 ] || exit
ip netns exec box sh -c "$text5" sh iptables 4 linuxnet:shop/test/ - 'sctp 8004 8004 - - -'; [ $? = 0 ] || exit
ip netns exec box sh -c "$text6" sh net/ipv4/ip_forward ''; [ $? = 0 ] || exit
text14='*nat
-A PREROUTING -p sctp -m addrtype --dst-type LOCAL -m sctp --dport 8004 -m comment --comment "linuxnet:shop/test/PortForward/one-in-box" -j DNAT --to-destination 10.2.0.2:8004
-A OUTPUT ! -d 127.0.0.0/8 -p sctp -m addrtype --dst-type LOCAL -m sctp --dport 8004 -m comment --comment "linuxnet:shop/test/PortForward/one-in-box" -j DNAT --to-destination 10.2.0.2:8004
COMMIT
'
printf %s "$text14" | ip netns exec box iptables-restore --noflush -w 10; [ $? = 0 ] || exit
printf %s 'rule add to fd00:dead::/64 priority 1002 type unreachable proto 125
rule show priority 1002
' | ip -n box -6 -N -d -j -batch -; [ $? = 0 ] || exit
text15='*nat
:LINUXNET-0F00C6C9EAB7 - [0:0]
-A POSTROUTING -s 10.1.0.0/24 ! -o lan0 -m comment --comment "linuxnet:shop/test/MasqueradeRule/one-out" -j LINUXNET-0F00C6C9EAB7
-A LINUXNET-0F00C6C9EAB7 -d 10.9.0.0/16 -m comment --comment "linuxnet:shop/test/MasqueradeRule/one-out" -j RETURN
-A LINUXNET-0F00C6C9EAB7 -m comment --comment "linuxnet:shop/test/MasqueradeRule/one-out" -j MASQUERADE
COMMIT
'
printf %s "$text15" | iptables-restore --noflush -w 10; [ $? = 0 ] || exit
sh -c "$text5" sh ip6tables 6 linuxnet:shop/test/ - 'tcp 8080 8080 - - -'; [ $? = 0 ] || exit
sh -c "$text6" sh net/ipv6/conf/all/forwarding /run/linuxnet/sysctl/net%2Fipv6%2Fconf%2Fall%2Fforwarding; [ $? = 0 ] || exit
text16='*mangle
-A FORWARD -d fd00:77::5ea0:e119:4872:1ef2/128 -i net0 -o net0 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -m comment --comment "linuxnet:shop/test/PortForward/one-net-web-tcp-8080-ipv6" -j MARK --set-xmark 0x1000000/0x1000000
COMMIT

*nat
-A PREROUTING ! -i net0 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8080 -m comment --comment "linuxnet:shop/test/PortForward/one-net-web-tcp-8080-ipv6" -j DNAT --to-destination [fd00:77::5ea0:e119:4872:1ef2]:80
-A PREROUTING -i net0 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8080 -m comment --comment "linuxnet:shop/test/PortForward/one-net-web-tcp-8080-ipv6" -j DNAT --to-destination [fd00:77::5ea0:e119:4872:1ef2]:80
-A OUTPUT ! -d ::1/128 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8080 -m comment --comment "linuxnet:shop/test/PortForward/one-net-web-tcp-8080-ipv6" -j DNAT --to-destination [fd00:77::5ea0:e119:4872:1ef2]:80
-A POSTROUTING -d fd00:77::5ea0:e119:4872:1ef2/128 -o net0 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -m mark --mark 0x1000000/0x1000000 -m comment --comment "linuxnet:shop/test/PortForward/one-net-web-tcp-8080-ipv6" -j MASQUERADE
COMMIT
'
printf %s "$text16" | ip6tables-restore --noflush -w 10; [ $? = 0 ] || exit
text17='link add name eth0 netns web address ee:bd:50:0b:98:66 mtu 1500 group 1182717934 type veth peer name web-f989bc61 address da:73:10:81:d1:5a mtu 1500 group 1182717934
link set dev web-f989bc61 alias linuxnet:shop/test/Veth/one-net-web
link set dev web-f989bc61 master net0
link set dev web-f989bc61 type bridge_slave hairpin on
link set dev web-f989bc61 up
'
printf %s "$text17" | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link set dev eth0 alias linuxnet:shop/test/Veth/one-net-web
address replace 10.77.0.218/24 dev eth0
address replace fd00:77::5ea0:e119:4872:1ef2/64 dev eth0 nodad
' | ip -n web -d -j -batch -; [ $? = 0 ] || exit
ip netns exec web sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv6/conf/eth0/dad_transmits 0; [ $? = 0 ] || exit
ip -n web link set dev eth0 up; [ $? = 0 ] || exit
ip -n web -4 route add default via 10.77.0.1 dev eth0 proto 125; [ $? = 0 ] || exit
ip -n web -6 route add default via fd00:77::1 dev eth0 proto 125; [ $? = 0 ] || exit
printf %s '*nat
-A POSTROUTING -s fd00:77::/64 ! -o net0 -m comment --comment "linuxnet:shop/test/MasqueradeRule/one-net-masquerade-ipv6" -j MASQUERADE
COMMIT
' | ip6tables-restore --noflush -w 10; [ $? = 0 ] || exit
sh -c "$text5" sh iptables 4 linuxnet:shop/test/ - 'tcp 8080 8080 - - loopback'; [ $? = 0 ] || exit
text18='*raw
-A PREROUTING -d 127.0.0.0/8 -i net0 -m comment --comment "linuxnet:shop/test/PortForward/one-net-web-tcp-8080" -j DROP
COMMIT

*mangle
-A FORWARD -d 10.77.0.218/32 -i net0 -o net0 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -m comment --comment "linuxnet:shop/test/PortForward/one-net-web-tcp-8080" -j MARK --set-xmark 0x1000000/0x1000000
COMMIT

*nat
-A PREROUTING ! -i net0 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8080 -m comment --comment "linuxnet:shop/test/PortForward/one-net-web-tcp-8080" -j DNAT --to-destination 10.77.0.218:80
-A PREROUTING -i net0 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8080 -m comment --comment "linuxnet:shop/test/PortForward/one-net-web-tcp-8080" -j DNAT --to-destination 10.77.0.218:80
-A OUTPUT ! -d 127.0.0.0/8 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8080 -m comment --comment "linuxnet:shop/test/PortForward/one-net-web-tcp-8080" -j DNAT --to-destination 10.77.0.218:80
-A OUTPUT -d 127.0.0.0/8 -p tcp -m tcp --dport 8080 -m comment --comment "linuxnet:shop/test/PortForward/one-net-web-tcp-8080" -j DNAT --to-destination 10.77.0.218:80
-A POSTROUTING -d 10.77.0.218/32 -o net0 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -m mark --mark 0x1000000/0x1000000 -m comment --comment "linuxnet:shop/test/PortForward/one-net-web-tcp-8080" -j MASQUERADE
-A POSTROUTING -s 127.0.0.0/8 -d 10.77.0.218/32 -o net0 -p tcp -m tcp --dport 80 -m comment --comment "linuxnet:shop/test/PortForward/one-net-web-tcp-8080" -j MASQUERADE
COMMIT
'
printf %s "$text18" | iptables-restore --noflush -w 10; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv4/conf/net0/route_localnet 1; [ $? = 0 ] || exit
printf %s '*nat
-A POSTROUTING -s 10.77.0.0/24 ! -o net0 -m comment --comment "linuxnet:shop/test/MasqueradeRule/one-net-masquerade" -j MASQUERADE
COMMIT
' | iptables-restore --noflush -w 10; [ $? = 0 ] || exit
ip link add name overlay-vx group 1182717934 address ee:51:3b:cb:9b:c6 mtu 1450 type vxlan id 99 local 10.0.12.15 dstport 4789; [ $? = 0 ] || exit
ip link set dev overlay-vx alias linuxnet:shop/test/Vxlan/overlay-host1-vxlan; [ $? = 0 ] || exit
ip link set dev overlay-vx master overlay; [ $? = 0 ] || exit
ip link set dev overlay-vx up; [ $? = 0 ] || exit
printf %s 'fdb append 00:00:00:00:00:00 dev overlay-vx dst 10.0.12.11
fdb append 00:00:00:00:00:00 dev overlay-vx dst 10.0.12.77
' | bridge -batch -; [ $? = 0 ] || exit
text19='link add name half0 address ce:1f:fb:36:43:44 mtu 1500 group 1182717934 type veth peer name half1 address e6:1b:2c:ed:59:b3 mtu 1500 group 1182717934
link set dev half1 alias linuxnet:shop/test/Veth/one-half
link set dev half1 master inner0
link set dev half1 up
link set dev half0 alias linuxnet:shop/test/Veth/one-half
address show dev half0
address show dev half1
'
printf %s "$text19" | ip -n box -d -j -batch -; [ $? = 0 ] || exit
ip link add name vx1 group 1182717934 address 26:79:ba:8e:9d:a4 mtu 1300 netns box type vxlan id 43 local 10.1.0.2 group 239.1.1.1 dev eth0 dstport 4790 nolearning; [ $? = 0 ] || exit
printf %s 'link set dev vx1 alias linuxnet:shop/test/Vxlan/one-many
address replace 10.4.0.1/24 dev vx1
link set dev vx1 up
address show dev vx1
' | ip -n box -d -j -batch -; [ $? = 0 ] || exit
text20='link add name eth1 netns web address 02:8f:12:28:b5:5c mtu 1500 group 1182717934 type veth peer name web-a09fdb63 address b2:ae:5c:0c:52:1e mtu 1500 group 1182717934
link set dev web-a09fdb63 alias linuxnet:shop/test/Veth/one-back-web
link set dev web-a09fdb63 master back0
link set dev web-a09fdb63 type bridge_slave hairpin on
link set dev web-a09fdb63 type bridge_slave isolated on
link set dev web-a09fdb63 up
'
printf %s "$text20" | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link set dev eth1 alias linuxnet:shop/test/Veth/one-back-web
address replace 10.78.0.10/24 dev eth1
link set dev eth1 up
address show dev eth1
' | ip -n web -d -j -batch -; [ $? = 0 ] || exit
text21='link add name eth0 netns app address 5e:e6:5c:1b:c6:f8 mtu 1450 group 1182717934 type veth peer name app-4f1df0d7 address da:6b:2e:6f:44:8d mtu 1450 group 1182717934
link set dev app-4f1df0d7 alias linuxnet:shop/test/Veth/overlay-host1-app
link set dev app-4f1df0d7 master overlay
link set dev app-4f1df0d7 up
'
printf %s "$text21" | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link set dev eth0 alias linuxnet:shop/test/Veth/overlay-host1-app
address replace 10.99.0.83/24 dev eth0
link set dev eth0 up
address show dev eth0
' | ip -n app -d -j -batch -; [ $? = 0 ] || exit
