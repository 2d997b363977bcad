package dev.dowel.remotemodel.jpa;

import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceUnitUtil;
import jakarta.persistence.metamodel.Attribute;
import jakarta.persistence.metamodel.EmbeddableType;
import jakarta.persistence.metamodel.EntityType;
import jakarta.persistence.metamodel.ManagedType;
import jakarta.persistence.metamodel.Metamodel;
import jakarta.persistence.metamodel.PluralAttribute;
import jakarta.persistence.metamodel.SingularAttribute;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the metamodel knows of an entity. A name that it does not know goes nowhere. */
final class Shape<T> {

    private final Metamodel metamodel;
    private final PersistenceUnitUtil util;
    private final EntityType<T> entity;
    private final Map<String, String> attributes;
    private final Set<Class<?>> classes = new HashSet<>();

    /** {@code attributes} gives the attribute of a field where the names differ. */
    Shape(EntityManagerFactory factory, Class<T> type, Map<String, String> attributes) {
        this.metamodel = factory.getMetamodel();
        this.util = factory.getPersistenceUnitUtil();
        this.entity = metamodel.entity(type);
        this.attributes = attributes;
        metamodel.getEntities().forEach(each -> classes.add(each.getJavaType()));
        if (!entity.hasSingleIdAttribute()) {
            throw new IllegalArgumentException(type.getSimpleName() + " has more than one id attribute");
        }
    }

    EntityType<T> entity() {
        return entity;
    }

    SingularAttribute<? super T, ?> id() {
        return idOf(entity);
    }

    /** The id attribute of an entity whose id is one attribute. */
    static <X> SingularAttribute<? super X, ?> idOf(EntityType<X> type) {
        return type.getId(type.getIdType().getJavaType());
    }

    SingularAttribute<?, ?> single(ManagedType<?> type, String field) {
        if (find(type, field) instanceof SingularAttribute<?, ?> attribute) {
            return attribute;
        }
        throw new IllegalArgumentException("field " + field + " has many values, which cannot be looked through");
    }

    private Attribute<?, ?> find(ManagedType<?> type, String field) {
        String name = attributes.getOrDefault(field, field);
        for (Attribute<?, ?> attribute : type.getAttributes()) {
            if (attribute.getName().equals(name)) {
                return attribute;
            }
        }
        throw new IllegalArgumentException("the entity has no field " + field);
    }

    /** Tells whether this is the class of the entity itself and not a provider's stand-in. */
    boolean isReal(Object instance) {
        return classes.contains(instance.getClass());
    }

    /** Tells whether this is an entity of any class, or a stand-in for one. */
    boolean isEntity(Object instance) {
        return classes.stream().anyMatch(each -> each.isInstance(instance));
    }

    /** The same content in another instance; what the entity refers to is the same. */
    T copy(T original) {
        return copy(original, original);
    }

    /** As {@link #copy(Object)}; what the original was read without is as stored, where it can be read still. */
    private T copy(T original, T stored) {
        return entity.getJavaType().cast(copied(original, stored));
    }

    private Object copied(Object original, Object stored) {
        if (original.getClass().isRecord()) {
            return original;
        }
        Object copy = instance(original.getClass());
        for (Attribute<?, ?> attribute :
                metamodel.managedType(original.getClass()).getAttributes()) {
            Object value = isUnread(attribute, original) ? readLate(attribute, stored) : read(attribute, original);
            write(attribute, copy, value != null && isEmbedded(attribute) ? copied(value, value) : value);
        }
        return copy;
    }

    /** Lazy without a stand-in in its place, as enhanced classes have it: the field is empty until the getter is called. */
    private boolean isUnread(Attribute<?, ?> attribute, Object instance) {
        if (classes.contains(instance.getClass()) && !util.isLoaded(instance, attribute.getName())) {
            boolean standsIn = attribute.isCollection() || attribute.isAssociation();
            return !standsIn || read(attribute, instance) == null;
        }
        return false;
    }

    private @Nullable Object readLate(Attribute<?, ?> attribute, Object instance) {
        if (!isUnread(attribute, instance)) {
            return read(attribute, instance);
        }
        Method getter = getter(attribute);
        try {
            return ((Method) open(getter)).invoke(instance);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + attribute.getName(), e);
        }
    }

    private static Method getter(Attribute<?, ?> attribute) {
        Member member = attribute.getJavaMember();
        String name = attribute.getName();
        String capital = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
        for (Method method : member.getDeclaringClass().getDeclaredMethods()) {
            if (method.getParameterCount() == 0
                    && (method.getName().equals("get" + capital)
                            || method.getName().equals("is" + capital)
                            || method.getName().equals(name))) {
                return method;
            }
        }
        throw new IllegalStateException("attribute " + name + " is lazy and was not read with the entity, and "
                + member.getDeclaringClass().getSimpleName() + " has no getter to read it with; add one");
    }

    /**
     * The content under the given id, with the stored version where it brings none or {@code anyVersion} is good; the given
     * instance stays as it is.
     */
    T under(Object id, T content, T stored, boolean anyVersion) {
        @Nullable SingularAttribute<?, ?> version = version(content);
        boolean versioned = version == null || (!anyVersion && read(version, content) != null);
        if (versioned && id.equals(read(id(), content))) {
            return content;
        }
        T copy = copy(content, stored);
        write(id(), copy, id);
        if (!versioned && version != null) {
            write(version, copy, read(version, stored));
        }
        return copy;
    }

    /** The content without a version: what is not stored yet has none, whoever gave it one. */
    T unversioned(T content) {
        @Nullable SingularAttribute<?, ?> version = version(content);
        if (version == null || version.getJavaType().isPrimitive() || read(version, content) == null) {
            return content;
        }
        T copy = copy(content);
        write(version, copy, null);
        return copy;
    }

    private @Nullable SingularAttribute<?, ?> version(T content) {
        for (Attribute<?, ?> attribute :
                metamodel.managedType(content.getClass()).getAttributes()) {
            if (attribute instanceof SingularAttribute<?, ?> single && single.isVersion()) {
                return single;
            }
        }
        return null;
    }

    /** Sets the fields of a patch in an instance; the id stays. */
    void apply(Map<String, @Nullable Object> fields, T instance) {
        ManagedType<?> type = metamodel.managedType(instance.getClass());
        fields.forEach((field, value) -> {
            Attribute<?, ?> attribute = find(type, field);
            if (!(attribute instanceof SingularAttribute<?, ?> single && single.isId())) {
                write(attribute, instance, changed(field, attribute, read(attribute, instance), value));
            }
        });
    }

    private @Nullable Object changed(
            String field, Attribute<?, ?> attribute, @Nullable Object before, @Nullable Object value) {
        if (attribute instanceof PluralAttribute<?, ?, ?> many) {
            return elements(field, many, value);
        }
        if (isEmbedded(attribute) && value instanceof Map<?, ?> nested) {
            return merged(attribute.getJavaType(), before, nested);
        }
        if (attribute.isAssociation()
                && value != null
                && !attribute.getJavaType().isInstance(value)) {
            throw new IllegalArgumentException("field " + field + " is another entity; give it whole or null");
        }
        return Values.fit(field, value, attribute.getJavaType());
    }

    private Object merged(Class<?> type, @Nullable Object before, Map<?, ?> changes) {
        EmbeddableType<?> embeddable = metamodel.embeddable(type);
        Map<String, @Nullable Object> values = new HashMap<>();
        for (Attribute<?, ?> attribute : embeddable.getAttributes()) {
            values.put(attribute.getName(), before == null ? null : read(attribute, before));
        }
        changes.forEach((key, value) -> {
            String field = String.valueOf(key);
            Attribute<?, ?> attribute = find(embeddable, field);
            values.put(attribute.getName(), changed(field, attribute, values.get(attribute.getName()), value));
        });
        if (type.isRecord()) {
            return record(type, values);
        }
        Object merged = instance(type);
        for (Attribute<?, ?> attribute : embeddable.getAttributes()) {
            Object value = values.get(attribute.getName());
            if (value != null || !attribute.getJavaType().isPrimitive()) {
                write(attribute, merged, value);
            }
        }
        return merged;
    }

    /** A list of plain values may be replaced; other entities are changed by themselves. */
    private static Object elements(String field, PluralAttribute<?, ?, ?> attribute, @Nullable Object value) {
        boolean plain = attribute.getElementType().getPersistenceType()
                == jakarta.persistence.metamodel.Type.PersistenceType.BASIC;
        if (!plain || attribute.getCollectionType() == PluralAttribute.CollectionType.MAP) {
            throw new IllegalArgumentException("field " + field + " cannot be patched; update the entity");
        }
        List<@Nullable Object> elements = new ArrayList<>();
        if (value != null) {
            if (!(value instanceof Iterable<?> given)) {
                throw new IllegalArgumentException("the value for field " + field + " is not a list");
            }
            Class<?> type = attribute.getElementType().getJavaType();
            given.forEach(each -> elements.add(Values.fit(field, each, type)));
        }
        return attribute.getCollectionType() == PluralAttribute.CollectionType.SET
                ? new java.util.LinkedHashSet<>(elements)
                : elements;
    }

    private static boolean isEmbedded(Attribute<?, ?> attribute) {
        return attribute.getPersistentAttributeType() == Attribute.PersistentAttributeType.EMBEDDED;
    }

    static @Nullable Object read(Attribute<?, ?> attribute, Object instance) {
        Member member = open(attribute.getJavaMember());
        try {
            return member instanceof Method getter ? getter.invoke(instance) : ((Field) member).get(instance);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + attribute.getName(), e);
        }
    }

    private static void write(Attribute<?, ?> attribute, Object instance, @Nullable Object value) {
        Member member = open(attribute.getJavaMember());
        try {
            if (member instanceof Method getter) {
                String name = "set" + getter.getName().replaceFirst("^(get|is)", "");
                Method setter = getter.getDeclaringClass().getDeclaredMethod(name, getter.getReturnType());
                open(setter);
                setter.invoke(instance, value);
            } else {
                ((Field) member).set(instance, value);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot write " + attribute.getName(), e);
        }
    }

    private static Object instance(Class<?> type) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type.getSimpleName() + " has no constructor without parameters", e);
        }
    }

    private static Object record(Class<?> type, Map<String, @Nullable Object> values) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        @Nullable Object[] arguments = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            arguments[i] = values.get(components[i].getName());
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("the patch does not make a " + type.getSimpleName(), e);
        }
    }

    private static Member open(Member member) {
        ((AccessibleObject) member).setAccessible(true);
        return member;
    }
}
