/** 2-norm over all gradients. */
export const norm = (gradients: Float32Array): number => {
  let sum = 0;
  for (let i = 0; i < gradients.length; i++) sum += gradients[i]! * gradients[i]!; // for-of takes 20 times as long
  return Math.sqrt(sum);
};

/** torch.nn.utils.clip_grad_norm_: what to multiply gradients by so that their norm is at most `most`. */
export const clipBy = (gradientNorm: number, most: number | null): number =>
  most === null ? 1 : Math.min(1, most / (gradientNorm + 1e-6));
