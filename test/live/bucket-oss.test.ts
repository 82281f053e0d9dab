import { describe } from 'vitest';
import { testJobOnBucket } from '../suites/bucket-job.ts';

describe('a service on OSS', () => testJobOnBucket('oss'));
