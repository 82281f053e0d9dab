/** Invented services whose calls the corpus makes. None of them is the desk of the demonstration. */

/** What an argument holds: a kind of value, a choice among words, or a claim with its two wordings (true | false). */
export type Kind =
  | 'day'
  | 'time'
  | 'date'
  | 'minutes'
  | 'count'
  | 'place'
  | 'level'
  | 'name'
  | 'errand'
  | 'code';
export type Argument = Kind | { readonly among: string } | { readonly claim: readonly [string, string] };
export type Call = {
  readonly name: string;
  readonly args: Readonly<Record<string, Argument>>;
  /** sentences with a slot for every argument */
  readonly say: readonly string[];
};
export type Domain = { readonly title: string; readonly calls: readonly Call[] };

const among = (text: string): Argument => ({ among: text });
const claim = (yes: string, no: string): Argument => ({ claim: [yes, no] });
const call = (name: string, args: Record<string, Argument>, ...say: string[]): Call => ({ name, args, say });

const BOATS = 'Heron Otter Petrel Salmon Swift Tern Walrus';
const SPORTS = 'judo tennis swimming chess boxing rowing dance';
const CROPS = 'carrots leeks apples pumpkins grapes beans onions';
const MACHINES = 'tractor pump mower saw mill oven press';
const PARTS = 'tyre brake mirror battery lamp chain pedal clutch';
const ANIMALS = 'goat lion parrot zebra camel otter bear';
const DISHES = 'soup pasta salad curry pizza risotto stew';
const SEATS = 'stalls balcony box gallery';
const METALS = 'iron copper brass silver zinc';

export const DOMAINS: readonly Domain[] = [
  {
    title: 'Harbour',
    calls: [
      call(
        'boats.rent',
        { boat: among(BOATS), day: 'day', start: 'time', minutes: 'minutes' },
        '[Rent|Hire] us {boat} [on|for] {day} at {start} for {minutes}.',
        '[We|Two of us] want to sail {boat}: {day}, {start}, {minutes}.',
        'For {minutes} on {day} from {start} [I would take|give me] {boat}[, please|].',
        '[Is {boat} free|May we have {boat}] {day} at {start}? We need {minutes}.',
      ),
      call(
        'boats.release',
        { boat: among(BOATS), day: 'day', start: 'time' },
        '[Release|Let go of|Give up] {boat}, {day} {start}[, the wind is too strong|].',
        'We [cannot|will not] sail {boat} on {day} at {start}[ after all|].',
        '{Day}, {start}: {boat} [stays in the harbour|goes to someone else], [sorry|please].',
      ),
      call(
        'crew.locate',
        { sailor: 'name', detail: among('cabin radio watch captain') },
        '[Tell me|Say] the {detail} of {sailor}[, please|].',
        '{sailor}: [which|what] {detail}?',
        'What is the {detail} [for|of] {sailor}?',
        'I am looking for {sailor}. [Which|What] {detail}?',
      ),
    ],
  },
  {
    title: 'Farm',
    calls: [
      call(
        'repairs.add',
        { crew: among('field barn'), machine: among(MACHINES), gate: 'place', priority: 'level' },
        'The {machine} of the {crew} crew [at gate {gate}|at the {gate_th} gate] [is broken|has stopped|leaks]. {priority}',
        '{priority} {Crew} crew: [repair|look at] the {machine} at gate {gate}.',
        'At gate {gate} the {machine} makes a noise, {crew} crew. {priority}',
      ),
      call(
        'harvest.send',
        { crop: among(CROPS), crates: 'count', gate: 'place' },
        '[Send|Bring|Deliver] {crates} crates of {crop} to gate {gate}.',
        'Gate {gate} [wants|needs|asks for] {crates} crates of {crop}[, please|].',
        'There are no {crop} left at the {gate_th} gate: {crates} crates.',
        '{Crop}, {crates} crates, gate {gate}[, thank you|].',
      ),
      call(
        'helpers.hire',
        { helper: 'name', from: 'date', days: 'count' },
        '{helper} [can|wants to|will] [help|work] for {days} days from {from}.',
        '[Hire|Take] {helper} from {from}, {days} days.',
        'From {from} on {helper} [is here|works with us] for {days} days.',
      ),
    ],
  },
  {
    title: 'Theatre',
    calls: [
      call(
        'seats.hold',
        {
          seat: among(SEATS),
          guest: 'name',
          day: 'day',
          show: 'time',
          lift: claim('with the lift', 'without the lift'),
        },
        '[Hold|Save] a seat in the {seat} for {guest}, {day} {show}, {lift}.',
        '{guest} [comes|wants to come] on {day} at {show}: {seat}, {lift}[, please|].',
        'A place in the {seat} on {day} at {show}, {lift}, [name|for] {guest}.',
      ),
      call(
        'rehearsal.move',
        { scene: among('opening garden storm dance ending'), day: 'day', start: 'time' },
        '[Move|Shift] the {scene} scene to {day} at {start}.',
        'We [play|practise] the {scene} scene [on|this] {day}, {start}.',
        'The {scene} scene is on {day} now, [at|from] {start}.',
      ),
      call(
        'notes.keep',
        { note: 'errand', day: 'day', clock: 'time' },
        '[Note|Keep in the book] for {day} at {clock}: {note}.',
        'On {day} at {clock} we [have to|must|should] {note}.',
        '[Tell|Warn] the stage on {day}, {clock}, to {note}.',
        'At {clock} on {day} [somebody has to|I will] {note}. [Write it down.|Note it.]',
      ),
    ],
  },
  {
    title: 'Garage',
    calls: [
      call(
        'parts.get',
        { part: among(PARTS), pieces: 'count', bay: 'place' },
        '[Get|Fetch|Find] {pieces} of part {part} for bay {bay}.',
        'Bay {bay} is waiting for {pieces} pieces: {part}.',
        'We [used|broke] the last {part} in bay {bay}. [Get|Bring] {pieces}.',
        '{Part} times {pieces}, [bay {bay}|the {bay_th} bay].',
      ),
      call(
        'cars.check',
        { owner: 'name', part: among(PARTS), day: 'day', urgency: 'level' },
        '{owner} [says|tells us] the {part} is [loose|noisy|old], {day}. {urgency}',
        '{urgency} Check the {part} for {owner} on {day}.',
      ),
      call(
        'keys.return',
        { owner: 'name', number: 'code', day: 'day' },
        '[Give|Return] key {number} to {owner} on {day}.',
        '{owner} [fetches|takes] key {number} [this|on] {day}.',
      ),
    ],
  },
  {
    title: 'Zoo',
    calls: [
      call(
        'animals.feed',
        { animal: among(ANIMALS), clock: 'time', kilos: 'count' },
        '[Feed|Give] the {animal} {kilos} kilos at {clock}.',
        'At {clock} the {animal} [gets|eats] {kilos} kilos.',
        '{kilos} kilos for the {animal}, {clock}[, please|].',
      ),
      call(
        'tours.plan',
        { guide: 'name', day: 'day', start: 'time', children: claim('with children', 'adults only') },
        '{guide} [guides|leads] a tour on {day} at {start}, {children}.',
        'Plan a tour, {children}: {guide}, {day}, {start}.',
        '[A|One] group ({children}) comes {day} at {start}, guide {guide}.',
      ),
      call(
        'vet.ask',
        { animal: among(ANIMALS), from: 'date', priority: 'level' },
        'The {animal} [is ill|does not eat|limps] since {from}. {priority}',
        '{priority} A vet for the {animal}, from {from}.',
      ),
    ],
  },
  {
    title: 'Kitchen',
    calls: [
      call(
        'dishes.cook',
        { dish: among(DISHES), plates: 'count', ready: 'time', spicy: claim('hot', 'mild') },
        '[Cook|Make] {plates} plates of {dish}, {spicy}, [ready at|for] {ready}.',
        '{plates} times {dish}, {spicy}, at {ready}[, please|].',
        'We eat at {ready}: {dish} for {plates}, {spicy}.',
      ),
      call(
        'tables.lay',
        { table: 'place', guests: 'count', day: 'day', start: 'time' },
        '[Lay|Set] table {table} for {guests} guests, {day} {start}.',
        '{guests} people [sit|come] on {day} at {start}, table {table}.',
        'The {table_th} table [on|this] {day} from {start}, {guests} guests.',
      ),
    ],
  },
  {
    title: 'Club',
    calls: [
      call(
        'courses.join',
        { member: 'name', sport: among(SPORTS), from: 'date', weeks: 'count' },
        '{member} [joins|wants to join] {sport} from {from} for {weeks} weeks.',
        '[Put|Write] {member} [into|on the list of] {sport}, {weeks} weeks, [first day|from] {from}.',
        '{weeks} weeks of {sport} from {from}: {member}.',
      ),
      call(
        'halls.open',
        { sport: among(SPORTS), day: 'day', start: 'time', minutes: 'minutes' },
        '[Open|Unlock] the hall for {sport} on {day}, {start}, {minutes}.',
        '{Sport} [is|takes place] on {day} at {start} and lasts {minutes}.',
        'We play {sport} for {minutes}: {day} at {start}.',
      ),
    ],
  },
  {
    title: 'Forge',
    calls: [
      call(
        'metal.buy',
        { metal: among(METALS), bars: 'count', shelf: 'place' },
        '[Buy|Get] {bars} bars of {metal} for shelf {shelf}.',
        'Shelf {shelf} is empty: {metal}, {bars} bars.',
        '[We need|Add] {bars} {metal} bars [on|to] the {shelf_th} shelf.',
      ),
      call(
        'work.ring',
        { smith: 'name', errand: 'errand', day: 'day', clock: 'time' },
        '[Ring|Call] {smith} on {day} at {clock} to {errand}.',
        '{smith} has to {errand}, {day} at {clock}.',
        'On {day}, {clock}, {smith} [wants|plans] to {errand}.',
      ),
    ],
  },
];
