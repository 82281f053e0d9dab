/** Rows of tokens from a file of the work folder. */
import { splitRows, type TokenRow } from '../../shared/text/shards.ts';
import { openSafetensors } from '../weights/safetensors.ts';

export const readShard = (path: string): TokenRow[] => {
  const file = openSafetensors(path);
  try {
    const [input_ids, weights, offsets, lines] = ['input_ids', 'weights', 'offsets', 'lines'].map((n) =>
      file.read(n),
    );
    const labels = file.names().includes('desirable')
      ? { desirable: file.read('desirable') as Int32Array }
      : {};
    return splitRows({
      input_ids: input_ids as Int32Array,
      weights: weights as Float32Array,
      offsets: offsets as BigInt64Array,
      lines: lines as Int32Array,
      ...labels,
    });
  } finally {
    file.close();
  }
};
