package dev.caravan.http;

import jakarta.servlet.http.HttpServletRequest;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.springframework.stereotype.Component;

@Component("admission")
public final class Admission {
    public void admit(@Header("CamelHttpServletRequest") HttpServletRequest request, Exchange exchange)
            throws RequestRefusedException {
        String header = request.getHeader("x-rh-identity");
        if (header == null) {
            throw new RequestRefusedException(400, "Bad Request: missing x-rh-identity header");
        }
        exchange.setProperty(Identity.PROPERTY, new Identity("1234567", "1", header));
    }
}
