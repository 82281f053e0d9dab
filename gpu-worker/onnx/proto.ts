/** Write-only protobuf: the few wire types that an ONNX ModelProto needs. */

const utf8 = new TextEncoder();

export type Field = Uint8Array;

const varint = (value: number | bigint): Uint8Array => {
  if (typeof value === 'number' && value >= 0 && value < 0x80) return Uint8Array.of(value);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(rest)]);
};

export const concat = (parts: readonly Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

export const int = (field: number, value: number | bigint): Field =>
  concat([varint(field << 3), varint(value)]);
export const bytes = (field: number, value: Uint8Array): Field =>
  concat([varint((field << 3) | 2), varint(value.length), value]);
export const text = (field: number, value: string): Field => bytes(field, utf8.encode(value));
export const message = (field: number, ...fields: Field[]): Field => bytes(field, concat(fields));
export const float = (field: number, value: number): Field =>
  concat([varint((field << 3) | 5), new Uint8Array(Float32Array.of(value).buffer)]);
