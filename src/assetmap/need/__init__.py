"""Need of small areas: indices matched to boundaries, vintages, interpolation, composite indices."""
