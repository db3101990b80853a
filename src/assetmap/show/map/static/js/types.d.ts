// Shapes of what travels between the modules. The payload is written by payload.py.

type Kind = "number" | "category" | "bivariate" | "fact";
type FilterState = "types" | "operators" | "statuses" | "offers" | "asks" | "forms";
type FilterColumn = "asset_type" | "sector" | "status" | "offers" | "asks" | "social_action";
type SaidColumn = "offers" | "asks" | "social_action";
type Choices = Record<FilterState, Set<string>>;
type EntryKind = "area" | "place" | "asset" | "type" | "offers" | "asks";
type LabelTable = "asset_types" | "asset_type_plurals" | "operator_types" | "resources" | "resource_kinds" | "social_action";

interface Coded { words: string[]; codes: number[]; numbers?: string[][] }
interface CodedLists { words: string[]; lists: number[][] }
interface Counts { areas: number; people: number | null }
interface PackedPoints { x: (number | null)[]; y: (number | null)[]; decimals: number }
interface PackedShapes { x: number[]; y: number[]; lengths: number[]; rings: number[]; decimals: number }

interface LayerRecord {
  key: string; label: string; group: string; kind: Kind; unit: string; decimals: number; direction: string;
  description: string; sources: string[]; ranks: boolean; scheme: string; first?: boolean;
  codes: string; classes: (Counts & { label: string })[]; unknown: Counts; colours: string[];
  upper?: number[]; values?: (number | null)[]; low?: (number | null)[]; high?: (number | null)[];
  text?: Coded; unreliable?: string;
  /** for each area how many that round to the same value are truly higher */
  within?: number[];
}

interface Source {
  title?: string; publisher?: string; date?: string; licence?: string; attribution?: string; url?: string;
}

interface Assets {
  ids: string[]; names: string[]; areas: number[]; points: PackedPoints;
  asset_type: Coded; status: Coded; sector: Coded;
  operator_type?: Coded; registered?: Coded; devolved?: Coded; location_precision?: Coded; town?: Coded; address?: Coded;
  postcode?: Coded; operator?: Coded; owner?: Coded; register?: Coded; checked_date?: Coded; registration_number?: Coded;
  priorities?: Coded; priorities_from?: Coded; benefit_people?: Coded; benefit_community?: Coded; benefit_services?: Coded; story?: Coded;
  devolved_year?: Coded; weekly_hours?: Coded; opening_times?: Coded; website?: Coded; email?: Coded; phone?: Coded; note?: Coded;
  offers?: CodedLists; asks?: CodedLists; social_action?: CodedLists;
  sensitive?: number[];
  /** types of asset that are groups */
  groups: string[];
  labels: Partial<Record<LabelTable, Record<string, string>>>;
}

interface PublishedTrial {
  why_not?: undefined; type: string; x: (number | null)[]; y: (number | null)[]; metres: (number | null)[];
  assets: { rows: number[]; x: number[]; y: number[] }; access_upper: number[] | null;
}

interface Payload {
  title: string; area_name: string; audience: "public" | "internal"; bounds: number[];
  /** type of asset that distances are measured to */
  main?: string;
  areas: {
    codes: string[]; names: string[]; people: (number | null)[]; people_year?: number | null; shapes: PackedShapes;
    centres?: PackedPoints;
  };
  layers: LayerRecord[];
  sources: Record<string, Source>;
  notes: { code: string; sentence: string }[];
  assets?: Assets;
  trial?: PublishedTrial | { why_not: string; type?: undefined };
  places?: { names: string[]; rank: number[]; people: (number | null)[]; points: PackedPoints };
  postcodes?: { codes: string[]; points: PackedPoints; areas: number[] };
  land?: PackedShapes;
  around?: { names: string[]; points: PackedPoints };
  /** west, south, east, north: within them what is no land is sea */
  sea?: number[];
  lines?: Partial<Record<"roads" | "rivers", { x: number[]; y: number[]; lengths: number[]; decimals: number }>> & { names?: { names: string[]; kinds: string[]; points: PackedPoints } };
}

/** What the reader has chosen. */
interface State extends Choices {
  /** index of the layer drawn */
  layer: number;
  /** the nine classes of need and access, not the widest gaps alone */
  nine: boolean;
  /** circles by residents instead of land */
  people: boolean;
  /** area, and asset, whose card is open; -1 for none */
  area: number;
  asset: number;
  /** trial: asset row -> open or not */
  switched: Map<number, boolean>;
  view: string;
}

interface Filter {
  state: FilterState; column: FilterColumn; heading: string; words: (key: string) => string; many?: boolean; verb?: string;
  /** its words stand in an order of their own */
  ordered?: boolean;
}

interface Entry { kind: EntryKind; row: number; name: string; key: string }
interface Found { kind: EntryKind | "postcode" | "near"; row: number; name: string; type?: number; score?: number }

interface Points { x: Float64Array; y: Float64Array }
interface Shapes extends Points {
  /** first vertex of each ring, one more at the end */
  ringStart: Uint32Array;
  /** first ring of each shape, one more at the end */
  shapeStart: Uint32Array;
  /** west, north, east, south of each shape */
  box: Float64Array;
}
interface Frame { zoom: number; scale: number; left: number; top: number; width: number; height: number; margin: { x: number; y: number } }
interface Cluster { rows: number[]; x: number; y: number; dot?: boolean }
interface KnownPlace { name: string; areas: number[]; x: number; y: number; width: number; written: boolean }
/** A name to write: its point, its width, and how far from the point it stands (0: on it). */
interface Label { x: number; y: number; text: string; style: string; gap: number; width: number }
interface Spot { x: number; y: number; reach: number }
interface PlacedLabel extends Label { box: number[] }
interface Sector { shape: string; colour: string; words: string }
interface Column {
  name: string; text?: boolean; layer?: string; value: (row: number) => string | number | null; words?: (row: number) => string;
}

interface Trial {
  rows: Map<number, { x: number; y: number }>; changed: Map<string, LayerRecord>; metres: (number | null)[]; moved: number[];
}

type Picture = import("./picture.js").PictureLayer;

/** What the modules share. */
interface App {
  map: L.Map;
  data: Payload;
  state: State;
  ready: boolean;
  areas: { shapes: Shapes; middles: Points; land: number; count: number; mean: number; residents: number; known: KnownPlace[] };
  ground: { land?: Shapes; sea?: number[]; lines: { shapes: Shapes; colour: string; width: number }[] };
  marks: {
    points: Points; shown: Uint8Array; isMain: Uint8Array; isGroup: Uint8Array; count: number; clusters: Cluster[]; labels: PlacedLabel[];
    /** every place is shown: all but sites of the main type are plain dots */
    plain: boolean; places?: Points; around?: Points; lines?: Points; frame?: Frame;
  };
  trial: Trial | null;
  /** the trial as it was before each change, for undo */
  tried: Map<number, boolean>[];
  filters: Filter[];
  /** area, and asset, that has the keyboard; -1 for none */
  cursor: number;
  assetCursor: number;
  table: { kind: "areas" | "assets"; sort: number | null; down: boolean; page: number; wanted: string };
  bounds: L.LatLngBounds;
  land: Picture;
  outline: Picture;
  dots: Picture;
  pictures: Picture[];
  cardFocus?: boolean;
  chosen?: L.Marker;
  printing?: { center: L.LatLng; zoom: number; bounds: L.LatLngBounds; legend: boolean } | null;
}
