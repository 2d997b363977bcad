package dev.dowel.ratelimit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Limits the calls of a servlet, where a {@link RateLimitFilter} is in front of it; the filter reads it when the service
 * starts, from the servlets that the container knows by then. A servlet that has it several times is limited by all.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(RateLimited.List.class)
public @interface RateLimited {
    /**
     * Names the rule.
     *
     * @return without {@link #calls} the name of a rule that the filter has; else the name the new rule gets, which is by
     *     default made of the servlet's name
     */
    String rule() default "";

    /**
     * Sets how many calls a client address has in the period.
     *
     * @return 1 to 2,147,483,648; by default the rule is one that the filter has
     */
    long calls() default -1;

    /**
     * Sets the period.
     *
     * @return 1 ms to 365 days, as in ISO 8601; default one minute
     */
    String period() default "PT1M";

    /**
     * Sets what each call costs.
     *
     * @return 1 or more; not used for a rule that the filter has
     */
    long cost() default 1;

    /**
     * Limits some methods only.
     *
     * @return methods such as {@code POST}; by default all
     */
    String[] methods() default {};

    /** What holds several of them on one servlet. */
    @Documented
    @Target(ElementType.TYPE)
    @Retention(RetentionPolicy.RUNTIME)
    @interface List {
        /**
         * Returns them.
         *
         * @return all of the servlet
         */
        RateLimited[] value();
    }
}
