import type { ResolvedMethod } from '../../shared/contracts/method.ts';
import { AppError } from '../../shared/errors.ts';
import type { Seams } from '../nn/scope.ts';
import { lora } from './lora.ts';

/** One case per branch of the contract; a branch without one does not compile. */
export const seamsOf = (method: ResolvedMethod): Seams => {
  switch (method.type) {
    case 'lora':
      return lora(method);
    default:
      throw new AppError('unsupported_model', `The onnx engine has no method ${method.type}`);
  }
};
