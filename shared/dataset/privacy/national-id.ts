/** Identity, tax, health and licence numbers of people of other countries: form, check digit, and the words that name them. */
import { ASIA } from './national/asia.ts';
import { ELSEWHERE } from './national/elsewhere.ts';
import { EUROPE } from './national/europe.ts';
import { alike, NOBODYS, type Recogniser, UNIT } from './recogniser.ts';

const RULES = [...EUROPE, ...ASIA, ...ELSEWHERE];

/** English and international, then as the numbers are called at home. */
const WORDS = [
  /\bnational|\bnhs\b|insurance|medicare|medicaid|taxpayer|tax (?:id|file|number)|identity|identifi|\bid ?(?:no|number|card|code)?\b|resident|citizen|driv(?:er|ing)'?s? licen|licen[cs]e (?:no|number)|\bvoter?\b|social security/,
  /aadhaa?r|uidai|mykad|philhealth|emirates|iqama|fiscale|patente|carta d.identit|assurance sociale|rijksregister|registre national|steuer|versicher(?:ung|ten)|gesundheitskarte|\begk\b|sozialvers|ausweis|fuhrerschein|fahrerlaubnis|arztnummer|pesel|rodne|person(?:nummer|nr|nummr|bevis)|samordning|fodsels|henkilo|hetu|isikukood|asmens kodas|kimlik|vatandas/,
];
const OTHER_SCRIPTS =
  /sécurité sociale|identité|rodné|führersch|fødsels|henkilö|vatandaş|снилс|инн(?![а-я])|паспорт|주민|외국인|면허|マイナンバー|個人番号|บัตรประชาชน|ประจำตัว|תעודת זהות|کد ملی/i;
const ASCII = /^[\0-\x7f]*$/;
/** Names that are words of some language as well: in capitals, or with a colon or a number's name after them. */
const SHORT =
  'nino|mbi|npi|dea|itin|tin|pan|epic|rrn|frn|nric|fin|nik|ktp|tnin|umid|crn|sss|cnic|tfn|nin|bvn|ird|dni|nif|nie|nir|nas|bsn|ahv|avs|idnr|kvnr|lanr|bsnr|cnp|oib|egn|amka|pnr|cpr|tckn?|cpf|curp|rut|cui[lt]|sin|rsa id';
const CALLED = new RegExp(
  `${WORDS.map(({ source }) => source).join('|')}|\\b(?:${SHORT}|rfc)\\b(?:[:：#.]| ?(?:no\\b|num|is\\b|=|code|card))`,
  'i',
);
const CAPITALS = new RegExp(`\\b(?:${SHORT.toUpperCase()})\\b`);

export const nationalId: Recogniser = {
  type: 'national_id',
  context: {
    test: (text) =>
      CAPITALS.test(text) || CALLED.test(text) || (!ASCII.test(text) && OTHER_SCRIPTS.test(text)),
  },
  against: NOBODYS,
  unlessBefore: UNIT,
  rules: RULES,
  substitute: (value, draw) => alike(RULES, value, draw),
};
