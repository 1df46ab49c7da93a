package io.coppice.ops.view;

import com.fasterxml.jackson.core.JsonGenerator;
import io.coppice.state.FieldInfo;
import io.coppice.state.RecordView;
import java.io.IOException;

/** The fields of a record as the segment describes them, shown. */
final class Fields {
    private Fields() {}

    /** One after another: {@code name=value name=value}. */
    static String inLine(RecordView record) {
        StringBuilder line = new StringBuilder();
        for (FieldInfo field : record.fields()) {
            line.append(line.isEmpty() ? "" : " ")
                    .append(Printable.of(field.name()))
                    .append('=')
                    .append(value(record, field));
        }
        return line.toString();
    }

    static String value(RecordView record, FieldInfo field) {
        return switch (field.type()) {
            case INT64 -> Long.toString(record.int64(field.name()));
            case FLOAT64 -> Double.toString(record.float64(field.name()));
            case BYTES -> Text.shown(record.bytes(field.name()));
        };
    }

    /** An object with a field for each. */
    static void writeJson(RecordView record, JsonGenerator json) throws IOException {
        json.writeStartObject();
        for (FieldInfo field : record.fields()) {
            json.writeFieldName(field.name());
            switch (field.type()) {
                case INT64 -> json.writeNumber(record.int64(field.name()));
                case FLOAT64 -> json.writeNumber(record.float64(field.name()));
                case BYTES -> Text.writeJson(record.bytes(field.name()), json);
            }
        }
        json.writeEndObject();
    }
}
