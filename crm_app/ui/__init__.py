"""The design system: components without a word about the business."""
