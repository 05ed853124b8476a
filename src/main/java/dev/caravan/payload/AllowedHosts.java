package dev.caravan.payload;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/** Where payloads may be downloaded from: names an operator listed, and behind a name only addresses that are safe. */
final class AllowedHosts implements DnsResolver {
    private static final Set<String> SCHEMES = Set.of("http", "https");
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    /** Addresses at which clouds tell a machine its secrets; those of 169.254.0.0/16 and fe80::/10 are refused anyway. */
    private static final Set<String> METADATA =
            Set.of("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2:0:0:0:0:0:254");
    /** How IPv6 addresses begin that carry an IPv4 one at their end: 64:ff9b::/96, 64:ff9b:1::/48, ::ffff:0:0/96, ::/96. */
    private static final String NAT64 = "0064ff9b0000000000000000";

    private static final String NAT64_LOCAL = "0064ff9b0001";
    private static final String MAPPED = "00000000000000000000ffff";
    private static final String COMPATIBLE = "000000000000000000000000";
    private static final Pattern LOCAL = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?");

    private final List<Entry> entries = new ArrayList<>();
    private final DnsResolver dns;

    /** @param scheme null for any */
    private record Entry(String scheme, String host, int port) {}

    AllowedHosts(List<String> hosts) {
        this(hosts, SystemDefaultDnsResolver.INSTANCE);
    }

    AllowedHosts(List<String> hosts, DnsResolver dns) {
        this.dns = dns;
        hosts.stream().map(String::strip).filter(host -> !host.isEmpty()).forEach(host -> entries.add(entry(host)));
    }

    /** @throws PoisonPayloadException {@code download-not-allowed} when no entry covers the address */
    void check(URI address) {
        String scheme = lower(address.getScheme());
        String host = lower(address.getHost());
        boolean allowed = SCHEMES.contains(scheme)
                && address.getRawUserInfo() == null
                && entries.stream()
                        .anyMatch(entry -> entry.host().equals(host)
                                && entry.port() == port(scheme, address.getPort())
                                && (entry.scheme() == null || entry.scheme().equals(scheme)));
        if (!allowed) {
            throw notAllowed(scheme + "://" + host + ":" + port(scheme, address.getPort())
                    + " is not among CARAVAN_DOWNLOAD_HOSTS");
        }
    }

    /** Called once a connection; the connection is made to what is returned here and to nothing else. */
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = dns.resolve(host);
        if (addresses == null) {
            throw new UnknownHostException(host);
        }
        for (InetAddress address : addresses) {
            InetAddress reached = carried(address);
            if (isUnsafe(reached) || reached.isLoopbackAddress() && !isNamedAsLocal(host)) {
                throw notAllowed(host + " leads to " + address.getHostAddress() + ", which is never downloaded from");
            }
        }
        return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
        return dns.resolveCanonicalHostname(host);
    }

    private static boolean isUnsafe(InetAddress address) {
        return address.isLinkLocalAddress()
                || address.isAnyLocalAddress()
                || address.isMulticastAddress()
                || METADATA.contains(address.getHostAddress())
                || address instanceof Inet4Address && isOfNoHost(address.getAddress()[0] & 0xff);
    }

    /** 0.0.0.0/8 means this machine to some; 240.0.0.0/4 is reserved, broadcast included. */
    private static boolean isOfNoHost(int firstByte) {
        return firstByte == 0 || firstByte >= 240;
    }

    /** What is reached in the end: some IPv6 addresses only carry an IPv4 one through a translator or tunnel. */
    private static InetAddress carried(InetAddress address) throws UnknownHostException {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = address.getAddress();
        String start = HexFormat.of().formatHex(bytes, 0, 12);
        if (start.startsWith("2002")) {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, 2, 6));
        }
        boolean translated = start.equals(NAT64) || start.startsWith(NAT64_LOCAL) || start.equals(MAPPED);
        boolean compatible = start.equals(COMPATIBLE) && !address.isLoopbackAddress() && !address.isAnyLocalAddress();
        return translated || compatible ? InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16)) : address;
    }

    /** An operator who lists one of these means this machine; any other name must not lead here. */
    private static boolean isNamedAsLocal(String host) {
        return LOCAL.matcher(host).matches();
    }

    private static Entry entry(String text) {
        boolean hasScheme = text.contains("://");
        URI address = URI.create(hasScheme ? text : "//" + text);
        if (address.getHost() == null || !hasScheme && address.getPort() < 0) {
            throw new IllegalArgumentException("CARAVAN_DOWNLOAD_HOSTS: " + text
                    + " is neither host:port nor an address such as https://s3.example");
        }
        String scheme = hasScheme ? lower(address.getScheme()) : null;
        return new Entry(scheme, lower(address.getHost()), port(scheme, address.getPort()));
    }

    private static int port(String scheme, int port) {
        if (port >= 0) {
            return port;
        }
        return "http".equals(scheme) ? HTTP_PORT : HTTPS_PORT;
    }

    private static String lower(String text) {
        return text == null ? "" : text.toLowerCase(Locale.ROOT);
    }

    private static PoisonPayloadException notAllowed(String message) {
        return new PoisonPayloadException("download-not-allowed", message);
    }
}
