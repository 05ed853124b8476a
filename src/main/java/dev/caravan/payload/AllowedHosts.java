package dev.caravan.payload;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
            if (isUnsafe(address) || address.isLoopbackAddress() && !isNamedAsLocal(host)) {
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
                || METADATA.contains(address.getHostAddress());
    }

    /** An operator who lists one of these means this machine; any other name must not lead here. */
    private static boolean isNamedAsLocal(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]") || host.equals("::1");
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
