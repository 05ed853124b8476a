package dev.caravan.http;

import dev.caravan.CaravanSettings;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Leads every request to the one path and the kind of body that the routes know. */
@Component
public final class FrontDoorFilter extends OncePerRequestFilter {
    static final String INGRESS = "/api/ingress/v1";
    static final String COST = "/api/cost-management/v1";
    static final String RECOMMENDATIONS = COST + "/recommendations";

    /** Mount points of the systems that clients know from elsewhere. */
    private static final Map<String, String> ALIASES = Map.of(
            "/r/insights/platform/ingress/v1", INGRESS,
            "/api/sources/v1.0", COST,
            "/api/sources/v3.1", COST,
            "/api/ros/v1/recommendations", RECOMMENDATIONS + "/openshift",
            "/api/ros/v1/workloads", RECOMMENDATIONS + "/openshift/workloads");

    /** Bytes an upload may have around its file: boundaries, headers and the other parts. */
    public static final long UPLOAD_EXTRAS = 1 << 20;

    private final int bodyBytes;
    private final long bodyTimeout;
    private final long uploadBytes;
    private final long uploadTimeout;

    FrontDoorFilter(CaravanSettings settings) {
        this.bodyBytes = settings.http().bodyBytes();
        this.bodyTimeout = settings.http().bodyTimeout();
        this.uploadTimeout = settings.uploads().totalTimeout();
        this.uploadBytes = settings.limits().payloadBytes() + UPLOAD_EXTRAS;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String path = pathOf(request.getRequestURI());
        boolean upload = path.equals(INGRESS + "/upload");
        chain.doFilter(
                upload
                        ? new FrontDoorRequest(request, path, uploadBytes, uploadTimeout, true)
                        : new FrontDoorRequest(request, path, bodyBytes, bodyTimeout, false),
                response);
    }

    static String pathOf(String uri) {
        String path = uri.length() > 1 && uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
        for (var alias : ALIASES.entrySet()) {
            if (path.equals(alias.getKey()) || path.startsWith(alias.getKey() + "/")) {
                return alias.getValue() + path.substring(alias.getKey().length());
            }
        }
        return path;
    }
}
