import type { ResolvedObjective } from '../../../shared/contracts/objective.ts';
import { dpo } from './dpo.ts';
import { kto } from './kto.ts';
import type { Objective } from './objective.ts';
import { orpo } from './orpo.ts';
import { sft } from './sft.ts';
import { simpo } from './simpo.ts';

/** One case per branch of the contract; a branch without one does not compile. */
export const objectiveOf = (objective: ResolvedObjective): Objective => {
  switch (objective.type) {
    case 'sft':
    case 'text': // which tokens are learnt is written in the shard
      return sft();
    case 'dpo':
      return dpo(objective);
    case 'orpo':
      return orpo(objective);
    case 'kto':
      return kto(objective);
    case 'simpo':
      return simpo(objective);
  }
};
