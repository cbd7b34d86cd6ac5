// Reads the files of make_sample with Arrow JS and compares them with expect.json; then writes each
// one again, as js-NAME.arrow, for culprit to read.
import { readFileSync, writeFileSync } from 'node:fs';
import { tableFromIPC, tableToIPC, Type } from 'apache-arrow';

const dir = process.argv[2];
const bits = new DataView(new ArrayBuffer(8));
const utf8 = new TextEncoder();
let failures = 0;

function fail(file, what, got, want) {
    failures++;
    console.error(`${file}: ${what}: got ${got}, expected ${want}`);
}

function hex(value) {
    bits.setFloat64(0, value);
    return bits.getBigUint64(0).toString(16).padStart(16, '0');
}

// A cell in the canonical form that make_sample uses.
function canonical(type, value) {
    if (value === null || value === undefined) {
        return '~';
    }
    switch (type.typeId) {
    case Type.Float:
        return hex(value);
    case Type.Dictionary:
        return canonical(type.dictionary, value);
    case Type.FixedSizeBinary:
        return Buffer.from(value).toString('hex');
    case Type.List: {
        const parts = [];
        for (let i = 0; i < value.length; i++) {
            parts.push(canonical(type.children[0].type, value.get(i)));
        }
        return `[${parts.join(',')}]`;
    }
    case Type.Struct:
        return `{${type.children.map((f) => canonical(f.type, value[f.name])).join(',')}}`;
    default:
        return String(value);
    }
}

// Dates and timestamps come out of get() as milliseconds; the stored integers are what counts.
function* rawCells(vector) {
    for (const data of vector.data) {
        for (let i = 0; i < data.length; i++) {
            yield data.getValid(i) ? data.values[i] : null;
        }
    }
}

function* cells(vector) {
    const id = vector.type.typeId;
    if (id === Type.Timestamp || id === Type.Date) {
        yield* rawCells(vector);
        return;
    }
    for (let i = 0; i < vector.length; i++) {
        yield vector.get(i);
    }
}

function number(type, value) {
    if (value === null) {
        return 0;
    }
    switch (type.typeId) {
    case Type.Float:
        return value;
    case Type.Int:
    case Type.Timestamp:
    case Type.Date:
        return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value) % 1000n) : value % 1000;
    default:
        return 0;
    }
}

function fnv(hash, text) {
    for (const byte of utf8.encode(text)) {
        hash = Math.imul(hash ^ byte, 16777619);
    }
    return Math.imul(hash ^ 10, 16777619);
}

function checkColumn(file, vector, want, at, shown) {
    if (String(vector.type) !== want.type) {
        fail(file, `type of ${want.name}`, vector.type, want.type);
    }
    if (vector.nullCount !== want.nulls) {
        fail(file, `nulls of ${want.name}`, vector.nullCount, want.nulls);
    }
    let checksum = 2166136261 | 0;
    let sum = 0;
    let row = 0;
    for (const value of cells(vector)) {
        const text = canonical(vector.type, value);
        checksum = fnv(checksum, text);
        sum += number(vector.type, value);
        if (shown[row] && shown[row][at] !== text) {
            fail(file, `row ${row}, ${want.name}`, text, shown[row][at]);
        }
        row++;
    }
    if (sum !== want.sum) {
        fail(file, `sum of ${want.name}`, sum, want.sum);
    }
    if (checksum >>> 0 !== want.checksum) {
        fail(file, `checksum of ${want.name}`, checksum >>> 0, want.checksum);
    }
}

// The bytes from 8 up to the footer are an Arrow stream.
function streamPart(bytes) {
    return bytes.subarray(8, bytes.length - 10 - bytes.readInt32LE(bytes.length - 10));
}

function checkFile(want) {
    const bytes = readFileSync(`${dir}/${want.name}.arrow`);
    checkTable(`${want.name}.arrow`, tableFromIPC(bytes), want);
    checkTable(`${want.name}.arrow as a stream`, tableFromIPC(streamPart(bytes)), want);
}

function checkTable(file, table, want) {
    if (table.numRows !== want.rows || table.numCols !== want.columns.length) {
        fail(file, 'size', `${table.numRows} x ${table.numCols}`,
            `${want.rows} x ${want.columns.length}`);
        return;
    }
    const dataset = table.schema.metadata.get('culprit:dataset');
    if (dataset !== want.name) {
        fail(file, 'culprit:dataset', dataset, want.name);
    }
    want.columns.forEach((column, i) => {
        checkColumn(file, table.getChild(column.name), column, i, want.shown);
    });
    writeFileSync(`${dir}/js-${file}`, tableToIPC(table, 'file'));
    console.log(`${file}: ${want.rows} rows, ${want.columns.length} columns`);
}

for (const want of JSON.parse(readFileSync(`${dir}/expect.json`, 'utf8'))) {
    checkFile(want);
}
process.exit(failures ? 1 : 0);
