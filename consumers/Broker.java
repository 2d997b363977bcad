import dev.dowel.testservices.RabbitMq;

/** Starts a RabbitMQ, prints where it is, and ends it when the standard input ends. */
class Broker {
    public static void main(String[] arguments) throws Exception {
        try (RabbitMq broker = RabbitMq.start()) {
            System.out.println(broker.uri());
            System.in.readAllBytes();
        }
    }
}
