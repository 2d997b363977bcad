package com.example.plain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dowel.authtoken.Authentication;
import dev.dowel.authtoken.BearerTokenFilter;
import dev.dowel.authtoken.ClientRegistry;
import dev.dowel.authtoken.ClientTokenVerifier;
import dev.dowel.authtoken.TokenGenerator;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.junit.jupiter.api.Test;

/** The commands of dowel-auth-token's page do what it says; only jar, port, secret and digest are put in. */
class TokenPageTest {
    private static final Path PAGE = Path.of("../../auth-token/README.md");
    private static final Pattern COMMAND = Pattern.compile("^\\$ (.*?) +# (.*)$", Pattern.MULTILINE);
    private static final Pattern ANSWER = Pattern.compile("(\\d{3}) ?(\\{.*})?(?:; getRemoteUser\\(\\) is (\\w+))?");

    @Test
    void every_command_of_the_page_does_what_it_says() throws Exception {
        Iterator<MatchResult> commands =
                COMMAND.matcher(Files.readString(PAGE)).results().toList().iterator();

        List<String> printed = run(commands.next()
                        .group(1)
                        .replace("java -jar dowel-auth-token.jar", program()))
                .lines()
                .toList();
        String clients = between("'", "'", commands.next().group(1))
                .replaceFirst("billing \\{sha256}\\S+", Matcher.quoteReplacement(printed.get(5)));

        Tomcat tomcat = service(clients);
        try {
            int answers = 0;
            for (; commands.hasNext(); answers++) {
                MatchResult command = commands.next();
                check(
                        command.group(2),
                        run(command.group(1)
                                .replace("localhost:8080", "127.0.0.1:" + tomcat.getConnector().getLocalPort())
                                .replaceFirst("Authorization: Bearer [^']*", printed.get(3))));
            }
            assertEquals(3, answers);
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    private static void check(String promised, String answer) {
        Matcher parts = ANSWER.matcher(promised);
        assertTrue(parts.matches(), promised);
        assertTrue(answer.startsWith("HTTP/1.1 " + parts.group(1)), answer);
        String body = parts.group(2) == null ? "called by " + parts.group(3) : parts.group(2);
        assertTrue(answer.endsWith(body), answer);
    }

    private static String program() throws Exception {
        Path jar = Path.of(TokenGenerator.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return "'" + Path.of(System.getProperty("java.home"), "bin", "java") + "' -jar '" + jar + "'";
    }

    private static String between(String start, String end, String text) {
        int from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf(end, from));
    }

    private static String run(String command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("no_proxy", "*");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), command);
        return said;
    }

    private static Tomcat service(String clients) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("page").toString());
        tomcat.setPort(0);
        Context context = tomcat.addContext("", null);
        FilterDef definition = new FilterDef();
        definition.setFilterName("bearer-token");
        definition.setFilter(BearerTokenFilter.builder(ClientTokenVerifier.of(ClientRegistry.parse(clients)))
                .realm("users")
                .authentication(Authentication.NONE, "/health")
                .requireScope("users:delete", "/admin/*")
                .build());
        context.addFilterDef(definition);
        FilterMap map = new FilterMap();
        map.setFilterName("bearer-token");
        map.addURLPatternDecoded("/*");
        context.addFilterMap(map);
        Tomcat.addServlet(context, "caller", new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.getWriter().print("called by " + request.getRemoteUser());
            }
        });
        context.addServletMappingDecoded("/", "caller");
        tomcat.start();
        return tomcat;
    }
}
