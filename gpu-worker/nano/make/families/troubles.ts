/** Everyday troubles by field: what is wrong, why that may be, what to do, and when to ask somebody. */
export type Field = {
  readonly helper: string;
  /** `{x}` is one of `things` */
  readonly things: readonly string[];
  readonly troubles: readonly string[];
  readonly causes: readonly string[];
  readonly steps: readonly string[];
  readonly signs: readonly string[];
};

const phrases = (text: string): readonly string[] => text.trim().split(/\s*[;\n]\s*/);

export const FIELDS: readonly Field[] = [
  {
    helper: 'bike shop',
    things: phrases('chain; front tyre; brake; saddle; pedal; bell; back wheel; lamp; gear; handlebar'),
    troubles:
      phrases(`my {x} makes a noise; the {x} of my bike is loose; my {x} is broken; the {x} does not work any more
      the {x} moves when I ride; the {x} is full of mud; my {x} is worn; the {x} gets stuck in the rain`),
    causes:
      phrases(`a screw is loose; rain and dust are the reason; the oil is gone; the cable is too long; it is old and worn
      it was fitted badly; there is sand in it; the rubber is dry`),
    steps:
      phrases(`clean it with a dry cloth; put one drop of oil on it; turn the screw a little; let it dry for a night
      look at the cable; change it for a new one; pump some air into it; ride slowly until it is fixed; wipe it after every ride`),
    signs: phrases(
      'it breaks; it gets worse; the noise stays; you see a crack; it is still loose after a week; you are not sure',
    ),
  },
  {
    helper: 'gardener',
    things: phrases('rose; tomato plant; apple tree; lawn; fern; orchid; palm; herb pot; hedge; lemon tree'),
    troubles:
      phrases(`my {x} has yellow leaves; the {x} looks dry; my {x} does not grow; there are small flies on my {x}
      my {x} has brown spots; the {x} drops its leaves; something eats my {x}; the {x} has no flowers this year`),
    causes:
      phrases(`too much water is the reason; it gets too little light; the pot is too small; the soil is poor; the air is too dry
      the nights were cold; it needs time to rest; insects are the cause`),
    steps:
      phrases(`water it once a week; move it to a bright window; cut off the brown parts; give it fresh soil; wash the leaves with warm water
      keep it out of the wind; take a larger pot; turn it a little every day; do not water it for some days`),
    signs: phrases(
      'new leaves turn yellow too; the spots spread; nothing grows after a month; the stem is soft; the flies come back',
    ),
  },
  {
    helper: 'computer helper',
    things: phrases('laptop; screen; mouse; keyboard; printer; phone; tablet; camera; speaker; network'),
    troubles:
      phrases(`my {x} is slow; my {x} does not start; the {x} turns off again and again; my {x} gets hot; the {x} makes a strange sound
      I cannot connect my {x}; my {x} shows nothing; the {x} forgets my settings; my {x} stops in the middle of work`),
    causes:
      phrases(`the battery is empty; a cable is loose; too many programs are open; an update is missing; the disk is full; dust is the reason
      the signal is weak; the settings are wrong`),
    steps:
      phrases(`turn it off and on again; check the cable; close what you do not need; install the update; make some space on the disk
      clean it with a soft brush; try another socket; wait ten minutes; save your files first; write down the message`),
    signs: phrases(
      'it happens again; you smell smoke; files are missing; the message comes back; it stays dark; it gets very hot',
    ),
  },
  {
    helper: 'cook',
    things: phrases('soup; bread; cake; sauce; rice; pasta; pie; stew; omelette; jam'),
    troubles:
      phrases(`my {x} is too salty; the {x} is burnt; my {x} tastes of nothing; the {x} is too thin; my {x} is hard; the {x} does not rise
      my {x} sticks to the pan; the {x} is raw in the middle; can I keep the {x} until tomorrow`),
    causes:
      phrases(`the heat was too high; there was too little water; the salt went in twice; the oven was cold; it cooked too long; the flour was old
      it had no time to rest`),
    steps:
      phrases(`add a little water; cook it on a low flame; stir it slowly; let it rest for half an hour; put in some lemon; add butter and sugar
      cover it with a lid; use a fresh pan; taste it before you serve it; keep it in the fridge`),
    signs: phrases(
      'it smells bad; it is still raw; the top turns black; it tastes sour; guests are on their way',
    ),
  },
  {
    helper: 'nurse',
    things:
      phrases(`knee; back; neck; shoulder; foot; hand; finger; elbow; hip; ankle; wrist; stomach; throat; ear; eye; skin; nose; toe; arm; leg; head; mouth
      tongue; chest; belly; thumb; heel; lip; scalp; tooth`),
    troubles:
      phrases(`my {x} hurts; my {x} is swollen; my {x} itches; my {x} is red and warm; I have pain in my {x}; my {x} feels numb; I hit my {x}
      my child has a sore {x}; my {x} has been stiff since last week; I burned my {x}; there is a small cut on my {x}; my son fell on his {x}
      my daughter has a rash near her {x}; I have a cough and a fever; I feel tired and cold; I cannot sleep; I feel dizzy in the morning; I have a cold
      my baby cries at night; I am sick after every meal; my mother forgets a lot; is it safe to exercise with a cold; should I drink more water
      how much should I sleep; may I swim with a small wound; I have had a headache for two days; my heart beats fast after coffee; I vomited last night`),
    causes:
      phrases(`it is a harmless infection; a muscle is tired; the skin is dry; you have slept badly; it is a normal reaction; stress plays a part
      it comes from sitting too long; an allergy is possible; a virus goes around; you drank too little; the joint is overused; it heals alone
      the shoe is too tight; the cold air is the reason; it can be serious`),
    steps:
      phrases(`rest and drink enough; cool it for ten minutes; keep it warm and dry; move it gently; wash it with clean water; sleep on the other side
      eat light meals; do not scratch it; write down when it happens; raise the leg; breathe slowly; wear wide shoes; take a break from sport
      use a mild cream; stay at home today; walk a little every day; ask the pharmacy for advice; call somebody you trust; avoid alcohol and smoke`),
    signs:
      phrases(`the pain gets worse; it lasts longer than a week; you have a fever; it spreads; it bleeds; you feel weak; you cannot breathe well
      it is not better in three days; the skin turns blue; you lose weight; it happens every night; the child is very sleepy; you cannot drink`),
  },
  {
    helper: 'house keeper',
    things: phrases(
      'door; window; tap; sink; heater; lamp; stove; roof; wall; lock; floor; pipe; fridge; curtain',
    ),
    troubles:
      phrases(`the {x} in my room leaks; the {x} squeaks; my {x} is cold; the {x} does not close; there is a crack in the {x}; my {x} smells
      the {x} is dirty; I broke the {x}; water drips from the {x}; the {x} is stuck`),
    causes: phrases(
      'a seal is old; the wood is wet; a screw is missing; there is air in the pipe; dirt is the cause; the power is off; it was left open',
    ),
    steps:
      phrases(`close the main tap; put a bucket under it; wipe it dry; use a little oil; turn the screw; switch off the power; open the window for an hour
      clean it with warm water; do not pull at it; take a photo of it`),
    signs: phrases(
      'water comes out; it gets larger; you smell gas; it falls down; it is still cold tomorrow; the noise stays',
    ),
  },
];
