# Recorded by test/upgrade/record.ts: what version 0.1.0 ran on inline.
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
END' sh box linuxnet:shop/test/Namespace/three-box; [ $? = 0 ] || exit
ip netns exec box sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv4/conf/all/rp_filter 2; [ $? = 0 ] || exit
text2='# puts a file where none is, or one of these marks
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
printf %s '# linuxnet:shop/test/Namespace/three-box
nameserver 10.0.12.1
search lan
options ndots:2
' | sh -c "$text2" sh box resolv.conf 1182717934 644 own linuxnet:shop/test/Namespace/three-box; [ $? = 0 ] || exit
printf %s '# linuxnet:shop/test/Namespace/three-box
127.0.0.1 localhost
::1 localhost ip6-localhost ip6-loopback
10.1.0.2 web.lan
10.1.0.3 db.lan
fd00:1::2 web.lan
' | sh -c "$text2" sh box hosts 1182717934 644 own linuxnet:shop/test/Namespace/three-box; [ $? = 0 ] || exit
printf %s 'box
# linuxnet:shop/test/Namespace/three-box
' | sh -c "$text2" sh box hostname 1182717934 644 own linuxnet:shop/test/Namespace/three-box; [ $? = 0 ] || exit
sh -c 'mkdir -p "${1%/*}" && printf "%s\n" "$2" >"$1.new" && mv "$1.new" "$1"' sh /run/linuxnet/sysctl/net%2Fipv4%2Fip_forward '{"found":"0","holders":{"linuxnet:shop/test/Sysctl/three-forwarding":"1"}}'; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv4/ip_forward 1; [ $? = 0 ] || exit
printf %s 'link add name lan0 group 1182717934 address ae:39:ea:6c:f6:6c type bridge
link set dev lan0 alias linuxnet:shop/test/Bridge/three-lan
link set dev lan0 mtu 1400
address replace 10.1.0.1/24 dev lan0
address replace fd00:1::1/64 dev lan0 nodad
' | ip -d -j -batch -; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv6/conf/lan0/dad_transmits 0; [ $? = 0 ] || exit
printf %s 'link set dev lan0 up
address show dev lan0
' | ip -d -j -batch -; [ $? = 0 ] || exit
sh -c 'mkdir -p "${1%/*}" && printf "%s\n" "$2" >"$1.new" && mv "$1.new" "$1"' sh /run/linuxnet/sysctl/net%2Fipv4%2Fconf%2Fall%2Flog_martians '{"found":"0","holders":{"linuxnet:shop/test/Sysctl/three-martians":"1"}}'; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv4/conf/all/log_martians 1; [ $? = 0 ] || exit
sh -c '# makes a namespace, marks it and names it
exec unshare --net ip -batch - <<END
link set dev lo alias $2 up
netns attach $1 $$
END' sh app linuxnet:shop/test/Namespace/inline-app; [ $? = 0 ] || exit
sh -c '# makes a namespace, marks it and names it
exec unshare --net ip -batch - <<END
link set dev lo alias $2 up
netns attach $1 $$
END' sh found linuxnet:shop/test/Namespace/three-found; [ $? = 0 ] || exit
printf %s 'link add name overlay group 1182717934 address 8a:c8:f0:1b:00:c9 type bridge
link set dev overlay alias linuxnet:shop/test/Bridge/overlay-inline-bridge
link set dev overlay up
address show dev overlay
' | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s '# linuxnet:shop/test/Namespace/three-found
nameserver 10.0.12.2
' | sh -c "$text2" sh found resolv.conf 1182717934 644 any linuxnet:shop/test/Namespace/three-found; [ $? = 0 ] || exit
text3='link add name eth0 netns box address 3e:1b:56:5b:7a:5d mtu 1400 group 1182717934 type veth peer name box-port address f6:c3:ab:3c:19:ec mtu 1400 group 1182717934
link set dev box-port alias linuxnet:shop/test/Veth/three-eth
link set dev box-port master lan0
link set dev box-port type bridge_slave hairpin on
link set dev box-port type bridge_slave isolated on
link set dev box-port up
'
printf %s "$text3" | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link set dev eth0 alias linuxnet:shop/test/Veth/three-eth
address replace 10.1.0.2/24 dev eth0
address replace fd00:1::2/64 dev eth0 nodad
' | ip -n box -d -j -batch -; [ $? = 0 ] || exit
ip netns exec box sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv6/conf/eth0/dad_transmits 0; [ $? = 0 ] || exit
ip -n box link set dev eth0 up; [ $? = 0 ] || exit
ip -n box -4 route add default via 10.1.0.1 dev eth0 proto 125; [ $? = 0 ] || exit
ip -n box -6 route add default via fd00:1::1 dev eth0 proto 125; [ $? = 0 ] || exit
printf %s 'route add 10.11.0.0/16 via 10.1.0.2 table main scope global proto 125
route show table main exact 10.11.0.0/16
' | ip -4 -N -d -j -batch -; [ $? = 0 ] || exit
text4='*nat
:LINUXNET-06D7C0483BA1 - [0:0]
-A POSTROUTING -s 10.1.0.0/24 ! -o lan0 -m comment --comment "linuxnet:shop/test/MasqueradeRule/three-out" -j LINUXNET-06D7C0483BA1
-A LINUXNET-06D7C0483BA1 -d 10.9.0.0/16 -m comment --comment "linuxnet:shop/test/MasqueradeRule/three-out" -j RETURN
-A LINUXNET-06D7C0483BA1 -m comment --comment "linuxnet:shop/test/MasqueradeRule/three-out" -j MASQUERADE
COMMIT
'
printf %s "$text4" | iptables-restore --noflush -w 10; [ $? = 0 ] || exit
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
sh -c "$text5" sh iptables 4 linuxnet:shop/test/ - 'tcp 8001 8001 - - loopback'; [ $? = 0 ] || exit
text6='*raw
-A PREROUTING -d 127.0.0.0/8 -i lan0 -m comment --comment "linuxnet:shop/test/PortForward/three-web" -j DROP
COMMIT

*mangle
-A FORWARD -d 10.1.0.2/32 -i lan0 -o lan0 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -m comment --comment "linuxnet:shop/test/PortForward/three-web" -j MARK --set-xmark 0x1000000/0x1000000
COMMIT

*nat
-A PREROUTING ! -i lan0 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8001 -m comment --comment "linuxnet:shop/test/PortForward/three-web" -j DNAT --to-destination 10.1.0.2:80
-A PREROUTING -i lan0 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8001 -m comment --comment "linuxnet:shop/test/PortForward/three-web" -j DNAT --to-destination 10.1.0.2:80
-A OUTPUT ! -d 127.0.0.0/8 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8001 -m comment --comment "linuxnet:shop/test/PortForward/three-web" -j DNAT --to-destination 10.1.0.2:80
-A OUTPUT -d 127.0.0.0/8 -p tcp -m tcp --dport 8001 -m comment --comment "linuxnet:shop/test/PortForward/three-web" -j DNAT --to-destination 10.1.0.2:80
-A POSTROUTING -d 10.1.0.2/32 -o lan0 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -m mark --mark 0x1000000/0x1000000 -m comment --comment "linuxnet:shop/test/PortForward/three-web" -j MASQUERADE
-A POSTROUTING -s 127.0.0.0/8 -d 10.1.0.2/32 -o lan0 -p tcp -m tcp --dport 80 -m comment --comment "linuxnet:shop/test/PortForward/three-web" -j MASQUERADE
COMMIT
'
printf %s "$text6" | iptables-restore --noflush -w 10; [ $? = 0 ] || exit
sh -c 'printf "%s\n" "$2" >"$1"' sh /proc/sys/net/ipv4/conf/lan0/route_localnet 1; [ $? = 0 ] || exit
printf %s 'link add name overlay-vx group 1182717934 address de:ba:5a:1e:ab:17 mtu 1450 type vxlan id 99 local 10.0.12.77 dstport 4789
link set dev overlay-vx alias linuxnet:shop/test/Vxlan/overlay-inline-vxlan
link set dev overlay-vx master overlay
link set dev overlay-vx up
' | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'fdb append 00:00:00:00:00:00 dev overlay-vx dst 10.0.12.15
fdb append 00:00:00:00:00:00 dev overlay-vx dst 10.0.12.11
' | bridge -batch -; [ $? = 0 ] || exit
text7='link add name eth0 netns app address 92:4a:9d:34:6c:ac mtu 1450 group 1182717934 type veth peer name app-4f1df0d7 address ba:90:7c:bb:28:98 mtu 1450 group 1182717934
link set dev app-4f1df0d7 alias linuxnet:shop/test/Veth/overlay-inline-app
link set dev app-4f1df0d7 master overlay
link set dev app-4f1df0d7 up
'
printf %s "$text7" | ip -d -j -batch -; [ $? = 0 ] || exit
printf %s 'link set dev eth0 alias linuxnet:shop/test/Veth/overlay-inline-app
address replace 10.99.0.67/24 dev eth0
link set dev eth0 up
address show dev eth0
' | ip -n app -d -j -batch -; [ $? = 0 ] || exit
