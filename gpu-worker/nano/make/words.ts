/** Common English words, by what they can be in a sentence. */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);
const phrases = (text: string): readonly string[] => text.trim().split(/\s*[,\n]\s*/);

export const DAYS = words('Monday Tuesday Wednesday Thursday Friday Saturday Sunday');
export const MONTHS = words(
  'January February March April May June July August September October November December',
);
export const SMALL = words(
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
);
export const TENS = words('zero ten twenty thirty forty fifty sixty seventy eighty ninety');
export const ORDINALS = words('first second third fourth fifth sixth seventh eighth ninth');

export const FIRST_NAMES = words(`
  Ada Adam Alice Amir Ana Anton Ben Bella Boris Carla Cleo Daniel Diego Dora Edgar Elena Emma Eva Fatima Finn Flora
  Frank George Gina Grace Hugo Helen Igor Iris Ivan Jack Jana Jonah Julia Karl Kate Kenji Laura Leo Lily Lucas Lucy
  Maria Mark Martha Max Mei Nadia Nick Noah Olga Omar Oscar Paul Paula Peter Petra Ravi Rita Robin Rosa Ruth Sam Sara
  Simon Sofia Stefan Tara Tom Tina Uma Victor Wanja Yara Yusuf Zara`);
export const LAST_NAMES = words(`
  Abbot Baker Barton Berg Bishop Bloom Bowman Brook Carter Castle Chapman Clark Cole Cook Cooper Cross Dale Dean Draper
  Ellis Falk Farmer Fisher Ford Forest Fowler Fox Garden Gardner Glass Gray Green Hall Harper Hayes Hunter Irving Kaplan
  Keller King Knight Lambert Lane Lopez Mason Meyer Miller Moore Morgan North Novak Olsen Page Palmer Parker Porter
  Potter Rivers Sharp Shepherd Singer Sato Silver Stark Steel Summers Tanner Taylor Turner Walker Wagner Ward Weber
  West White Winter Wolf Woods Wright Young`);

export const THINGS = words(`
  apple bag ball basket bed bell bench bike blanket boat book bottle bowl box bread brush bucket bus button cake camera
  candle cap car card carpet chair clock coat coin computer cup curtain desk door drawer drum fan fence fork fridge game
  glass guitar hammer hat heater helmet jacket jar kettle key kite knife ladder lamp laptop letter lock machine map
  mirror monitor mug needle newspaper notebook oven paper pan parcel pen pencil phone photo piano picture pillow pipe
  plant plate printer projector radio ring roof rope rug scarf screen screw shelf shirt shoe sink soap sofa spoon stamp
  stone stool stove suitcase table tablet tap ticket tile tool towel toy train tray truck umbrella vase wall watch
  wheel window`);
export const PLACES = words(`
  airport bakery bank barn beach bridge cafe castle church city corner farm field forest garage garden gate hall harbour
  hill hospital hotel house island kitchen lake library market mountain museum office park pharmacy pool river road
  school shop square station street theatre tower town valley village workshop yard zoo`);
export const PEOPLE = words(`
  artist aunt baker boss boy brother captain child cook cousin customer dancer daughter dentist doctor driver farmer
  father friend girl grandfather grandmother guard guest king manager man mechanic mother neighbour nurse painter pilot
  player queen sailor singer sister son student teacher uncle visitor waiter woman worker writer`);
export const ANIMALS = words(
  'bear bee bird cat chicken cow dog donkey duck fish fly fox frog goat goose horse lion mouse owl pig rabbit sheep snake spider tiger turtle wolf',
);
export const FOODS = words(`
  beans bread butter cheese cherries coffee cookies eggs fish fruit garlic grapes honey juice lemons meat milk nuts oil
  onions oranges pasta pears pepper plums potatoes rice salad salt soup sugar tea tomatoes water yoghurt`);
export const COLOURS = words('black blue brown gold green grey orange pink purple red silver white yellow');
export const ADJECTIVES = words(`
  bad bright brave broken busy calm careful cheap clean clear cold cool dark deep dirty dry early easy empty famous fast
  fine free fresh friendly full gentle good great happy hard heavy high hot kind large late light little long loose loud
  low narrow new nice old open plain poor pretty proud quick quiet ready rich round sad safe sharp short shy sick simple
  slow small soft sore strange strong sweet tall thick thin tired warm weak wet wide wild wise wrong young`);
export const PARTS = words(`
  ankle arm back belly breast cheek chest chin ear elbow eye face finger foot forehead gum hand head heart heel hip jaw
  knee leg lip lung mouth muscle nail neck nose palm scalp shin shoulder skin stomach thigh throat thumb toe tongue
  tooth vein wrist`);
/** Base form and past. */
export const VERBS: readonly (readonly [string, string])[] = phrases(
  `ask asked, bring brought, build built, buy bought, call called, carry carried, catch caught, check checked,
  clean cleaned, close closed, collect collected, count counted, cover covered, draw drew, drop dropped, fill filled,
  find found, fix fixed, follow followed, get got, give gave, hear heard, help helped, hide hid, hold held, keep kept,
  leave left, lift lifted, like liked, lose lost, love loved, meet met, move moved, need needed, open opened, order ordered,
  paint painted, pay paid, pick picked, pull pulled, push pushed, read read, remember remembered, repair repaired,
  return returned, see saw, sell sold, send sent, show showed, take took, throw threw, touch touched, try tried, turn turned,
  use used, visit visited, want wanted, wash washed, watch watched, wear wore, write wrote`,
).map((pair) => pair.split(' ') as [string, string]);
export const TASKS = phrases(`
  call, feed, clean, fetch, wash, pay, water, paint, repair, collect, check, send back, pick up, look after, order,
  test, sort, charge, lock, move, print, read, sign, update, replace, thank, meet, ask, book, pack, buy, unpack, prepare,
  empty, fill, close, open, switch off, switch on, bring, write to, visit`);
