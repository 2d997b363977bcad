package dev.dowel.remotemodel.jpa;

import java.io.IOException;
import java.io.InputStream;
import org.hibernate.bytecode.enhance.spi.DefaultEnhancementContext;
import org.hibernate.bytecode.enhance.spi.UnloadedClass;
import org.hibernate.bytecode.enhance.spi.UnloadedField;
import org.hibernate.bytecode.internal.BytecodeProviderInitiator;

/** Enhances one entity as a build does, with lazy attributes. */
final class Enhanced extends ClassLoader {

    private final String name;

    private Enhanced(Class<?> plain) {
        super(plain.getClassLoader());
        this.name = plain.getName();
    }

    @SuppressWarnings("unchecked")
    static <T> Class<T> of(Class<? extends T> plain) {
        try {
            return (Class<T>) new Enhanced(plain).loadClass(plain.getName());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected Class<?> loadClass(String wanted, boolean resolve) throws ClassNotFoundException {
        if (!wanted.equals(name)) {
            return super.loadClass(wanted, resolve);
        }
        Class<?> known = findLoadedClass(wanted);
        if (known != null) {
            return known;
        }
        try (InputStream plain = getParent().getResourceAsStream(wanted.replace('.', '/') + ".class")) {
            byte[] enhanced = BytecodeProviderInitiator.buildDefaultBytecodeProvider()
                    .getEnhancer(new Lazily())
                    .enhance(wanted, plain.readAllBytes());
            return defineClass(wanted, enhanced, 0, enhanced.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(wanted, e);
        }
    }

    private static final class Lazily extends DefaultEnhancementContext {

        @Override
        public boolean hasLazyLoadableAttributes(UnloadedClass type) {
            return true;
        }

        @Override
        public boolean isLazyLoadable(UnloadedField field) {
            return true;
        }

        @Override
        public boolean doDirtyCheckingInline(UnloadedClass type) {
            return true;
        }
    }
}
