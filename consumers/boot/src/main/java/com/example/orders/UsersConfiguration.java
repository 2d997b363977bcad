package com.example.orders;

import dev.dowel.remotemodel.Credentials;
import dev.dowel.remotemodel.IdCodec;
import dev.dowel.remotemodel.RemoteModel;
import dev.dowel.remotemodel.RemoteService;
import dev.dowel.remotemodel.micrometer.MicrometerCallListener;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The users of another service. */
@Configuration(proxyBeanMethods = false)
class UsersConfiguration {
    /** Closed with the application: Spring finds {@code close()} by itself. */
    @Bean
    RemoteService usersService(@Value("${orders.users}") URI users, MeterRegistry meters) {
        return RemoteService.builder("users", users)
                .credentials(Credentials.inbound())
                .listener(new MicrometerCallListener(meters))
                .build();
    }

    @Bean
    RemoteModel<User, Long> users(RemoteService usersService) {
        return usersService.model("users", User.class, IdCodec.LONG).id(User::id).build();
    }
}
