"""ESRI shapefiles: the .shp with its .dbf, .shx and, if there are any, .prj and .cpg beside it."""

from etl.vector import VectorReader

read = VectorReader("an ESRI shapefile", frozenset({"ESRI Shapefile"}))
