import { describe } from 'vitest';
import { testJobOnBucket } from '../suites/bucket-job.ts';

describe('a service on S3', () => testJobOnBucket('s3'));
