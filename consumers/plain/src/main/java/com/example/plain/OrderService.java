package com.example.plain;

import dev.dowel.authtoken.BearerTokenFilter;
import dev.dowel.authtoken.TokenVerifier;
import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.ratelimit.RateLimitFilter;
import dev.dowel.ratelimit.RateLimitRule;
import dev.dowel.remotemodel.Credentials;
import dev.dowel.remotemodel.IdCodec;
import dev.dowel.remotemodel.RemoteModel;
import dev.dowel.remotemodel.RemoteService;
import dev.dowel.remotemodel.RequestContextFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** A service that takes an order for a user of another service and announces it. */
public final class OrderService implements AutoCloseable {
    static final EventType<OrderPlaced> ORDER_PLACED = EventType.of("order.placed", "1.0.0", OrderPlaced.class);

    private final Tomcat tomcat = new Tomcat();
    private final RemoteService usersService;

    /** Another service's user. */
    public record User(long id, String name) {}

    /** What is announced. */
    public record OrderPlaced(long userId) {}

    OrderService(URI usersAt, TokenVerifier clients, Messaging messaging) throws Exception {
        usersService = RemoteService.builder("users", usersAt)
                .credentials(Credentials.inbound())
                .build();
        RemoteModel<User, Long> users = usersService.model("users", User.class, IdCodec.LONG).id(User::id).build();
        List<Filter> filters = List.of(
                RateLimitFilter.builder().defaultRule(RateLimitRule.perIp(3, Duration.ofHours(1))).build(),
                BearerTokenFilter.builder(clients).realm("orders").build(),
                new RequestContextFilter());
        tomcat.setBaseDir(Files.createTempDirectory("plain").toString());
        tomcat.setPort(0);
        Context context = tomcat.addContext("", null);
        for (Filter filter : filters) {
            FilterDef definition = new FilterDef();
            definition.setFilterName(filter.getClass().getName());
            definition.setFilter(filter);
            context.addFilterDef(definition);
            FilterMap map = new FilterMap();
            map.setFilterName(filter.getClass().getName());
            map.addURLPatternDecoded("/*");
            context.addFilterMap(map);
        }
        Tomcat.addServlet(context, "orders", new HttpServlet() {
            @Override
            protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
                User user = users.get(Long.valueOf(request.getParameter("user")));
                messaging.publisher("events").publishAndWait(Message.of(ORDER_PLACED, new OrderPlaced(user.id())));
                response.getWriter().print("an order for " + user.name());
            }
        });
        context.addServletMappingDecoded("/orders", "orders");
        tomcat.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/orders");
    }

    @Override
    public void close() throws Exception {
        tomcat.stop();
        tomcat.destroy();
        usersService.close();
    }
}
