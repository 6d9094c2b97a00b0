#!/bin/sh
# Gives the machine's interface the static addresses that its starter names on the kernel's command line:
#   linuxnet.address=10.0.12.21/22 linuxnet.address=fd00:12::21/64 linuxnet.gateway=10.0.12.1
# Without any, the network file that is there already asks for them by DHCP.
set -e
addresses='' gateways=''
for word in $(cat /proc/cmdline); do
  case $word in
    linuxnet.address=*) addresses="${addresses}Address=${word#*=}
" ;;
    linuxnet.gateway=*) gateways="${gateways}Gateway=${word#*=}
" ;;
  esac
done
mkdir -p /run/systemd/network
cat >/run/systemd/network/05-wire.network <<EOF
[Match]
Name=en* eth*

[Network]
${addresses}${gateways}IPv6AcceptRA=no
EOF
