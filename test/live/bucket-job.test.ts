/** A whole job of a service on a bucket, its worker as well. */
import { describe } from 'vitest';
import { testJobOnBucket } from '../suites/bucket-job.ts';

describe.each(['s3', 'oss'] as const)('a service on %s', testJobOnBucket);
