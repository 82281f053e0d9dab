/** The two 64-bit sums that stores keep: https://reveng.sourceforge.io/crc-catalogue/17plus.htm#crc.cat-bits.64 */
import { once } from '../once.ts';

const SLICES = 8;
const LOW = 0xffff_ffffn;

/** [slice][byte] → the sum of that byte followed by `slice` zero bytes, as high and low halves. */
const tablesOf = (poly: bigint): { high: Uint32Array; low: Uint32Array } => {
  const high = new Uint32Array(SLICES * 256);
  const low = new Uint32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = BigInt(byte);
    for (let slice = 0; slice < SLICES; slice++) {
      for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ poly : crc >> 1n;
      high[slice * 256 + byte] = Number(crc >> 32n);
      low[slice * 256 + byte] = Number(crc & LOW);
    }
  }
  return { high, low };
};

export type Crc64 = { update(bytes: Uint8Array): void; digest(): bigint };

/** Eight bytes a turn: "slicing by 8", on halves since bigints are slow. */
const crc64 = (tables: () => { high: Uint32Array; low: Uint32Array }) => (): Crc64 => {
  const { high: H, low: L } = tables();
  let h = -1;
  let l = -1;
  return {
    update(b) {
      let i = 0;
      for (const end = b.length - 7; i < end; i += 8) {
        const x = l ^ (b[i]! | (b[i + 1]! << 8) | (b[i + 2]! << 16) | (b[i + 3]! << 24));
        const y = h ^ (b[i + 4]! | (b[i + 5]! << 8) | (b[i + 6]! << 16) | (b[i + 7]! << 24));
        const i7 = 1792 + (x & 255);
        const i6 = 1536 + ((x >>> 8) & 255);
        const i5 = 1280 + ((x >>> 16) & 255);
        const i4 = 1024 + (x >>> 24);
        const i3 = 768 + (y & 255);
        const i2 = 512 + ((y >>> 8) & 255);
        const i1 = 256 + ((y >>> 16) & 255);
        const i0 = y >>> 24;
        h = H[i7]! ^ H[i6]! ^ H[i5]! ^ H[i4]! ^ H[i3]! ^ H[i2]! ^ H[i1]! ^ H[i0]!;
        l = L[i7]! ^ L[i6]! ^ L[i5]! ^ L[i4]! ^ L[i3]! ^ L[i2]! ^ L[i1]! ^ L[i0]!;
      }
      for (; i < b.length; i++) {
        const at = (l ^ b[i]!) & 255;
        l = ((l >>> 8) | (h << 24)) ^ L[at]!;
        h = (h >>> 8) ^ H[at]!;
      }
    },
    digest: () => (BigInt(~h >>> 0) << 32n) | BigInt(~l >>> 0),
  };
};

/** CRC-64/XZ, `x-oss-hash-crc64ecma` */
export const crc64Ecma = crc64(once(() => tablesOf(0xc96c5795d7870f42n)));
/** CRC-64/NVME, `x-amz-checksum-crc64nvme` */
export const crc64Nvme = crc64(once(() => tablesOf(0x9a6c9329ac4bc9b5n)));
