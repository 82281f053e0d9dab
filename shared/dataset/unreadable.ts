/** A file that cannot be read on: how a container says so, and how the one place that catches it knows. */
import { AppError } from '../errors.ts';
import { PROBLEMS, type Defect, type ProblemCode } from './problems.ts';

/** Ends the reading of a file. Throws `invalid_training_file` with the defect in its details. */
export const unreadable = (code: ProblemCode, excerpt: string, line?: number, fix?: string): never => {
  const more = { ...(line === undefined ? {} : { line }), ...(fix === undefined ? {} : { fix }) };
  const defect: Defect = { code, pointer: '', excerpt, ...more };
  throw new AppError('invalid_training_file', `${PROBLEMS[code].message}: ${excerpt}`, { defect });
};

/** The defect of an error that `unreadable` threw, null for any other. */
export const defectOf = (error: unknown): Defect | null =>
  error instanceof AppError && error.code === 'invalid_training_file' && error.details['defect'] !== undefined
    ? (error.details['defect'] as Defect)
    : null;
