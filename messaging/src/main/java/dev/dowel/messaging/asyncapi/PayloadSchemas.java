package dev.dowel.messaging.asyncapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jackson.JacksonOption;

/** JSON Schemas of Java types, those that others refer to in one place. For one thread. */
final class PayloadSchemas {
    private final SchemaBuilder builder;

    PayloadSchemas() {
        // The dialect that AsyncAPI's own schema objects extend.
        SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(
                        SchemaVersion.DRAFT_7, OptionPreset.PLAIN_JSON)
                .with(new JacksonModule(
                        JacksonOption.FLATTENED_ENUMS_FROM_JSONVALUE,
                        JacksonOption.FLATTENED_ENUMS_FROM_JSONPROPERTY,
                        JacksonOption.RESPECT_JSONPROPERTY_REQUIRED,
                        JacksonOption.INCLUDE_ONLY_JSONPROPERTY_ANNOTATED_METHODS))
                .with(Option.DEFINITIONS_FOR_ALL_OBJECTS, Option.PLAIN_DEFINITION_KEYS)
                .without(Option.SCHEMA_VERSION_INDICATOR);
        // Jackson writes null where there is nothing, and a primitive is always there.
        config.forFields()
                .withNullableCheck(field -> !field.getType().isPrimitive())
                .withRequiredCheck(field -> field.getType().isPrimitive());
        this.builder = new SchemaGenerator(config.build()).buildMultipleSchemaDefinitions();
    }

    ObjectNode reference(Class<?> type) {
        return builder.createSchemaReference(type);
    }

    /** Returns what the references point to; ends the collection. */
    ObjectNode definitions() {
        return builder.collectDefinitions("components/schemas");
    }
}
