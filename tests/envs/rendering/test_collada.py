import numpy as np
import pytest

from envs.rendering.collada import read_collada

EFFECT = """
<effect id="{name}-effect"><profile_COMMON><technique sid="common"><phong>
  <diffuse><color>{colour}</color></diffuse></phong></technique></profile_COMMON></effect>"""

SCENE = (
    """<?xml version="1.0"?>
<COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema" version="1.4.1">
  <asset><unit meter="0.01"/></asset>
  <library_effects>"""
    + EFFECT.format(name="red", colour="1 0 0 1")
    + EFFECT.format(name="grey", colour="0.2509804 0.25 0.25 0.5")
    + """</library_effects>
  <library_materials>
    <material id="red"><instance_effect url="#red-effect"/></material>
    <material id="grey"><instance_effect url="#grey-effect"/></material>
  </library_materials>
  <library_geometries><geometry id="shape"><mesh>
    <source id="positions"><float_array>0 0 0  1 0 0  0 1 0  0 0 1  9 9 9</float_array></source>
    <vertices id="vertices"><input semantic="POSITION" source="#positions"/></vertices>
    <lines count="1"><input semantic="VERTEX" source="#vertices" offset="0"/><p>0 4</p></lines>
    <triangles material="first" count="2">
      <input semantic="NORMAL" source="#normals" offset="0"/>
      <input semantic="VERTEX" source="#vertices" offset="1"/>
      <p>7 0 7 1 7 2  8 0 8 2 8 3</p>
    </triangles>
    <triangles material="second" count="1">
      <input semantic="VERTEX" source="#vertices" offset="0"/><p>1 2 3</p>
    </triangles>
  </mesh></geometry></library_geometries>
  <library_visual_scenes><visual_scene>
    <node><matrix>1 0 0 100  0 1 0 0  0 0 1 0  0 0 0 1</matrix>
      <node><matrix>0 -1 0 0  1 0 0 0  0 0 1 0  0 0 0 1</matrix>
        <instance_geometry url="#shape"><bind_material><technique_common>
          <instance_material symbol="first" target="#red"/>
          <instance_material symbol="second" target="#grey"/>
        </technique_common></bind_material></instance_geometry>
      </node>
    </node>
    <node><instance_geometry url="#shape"><bind_material><technique_common>
      <instance_material symbol="first" target="#red"/>
    </technique_common></bind_material></instance_geometry></node>
  </visual_scene></library_visual_scenes>
</COLLADA>"""
)


def triangles(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(F, 3, 3) corners, so that the numbering of vertices does not matter."""
    return vertices[faces]


def test_shapes_are_placed_scaled_and_sorted_by_colour() -> None:
    meshes = read_collada(SCENE.encode())
    assert [mesh.colour for mesh in meshes] == [(1, 0, 0, 1), (0.25, 0.25, 0.25, 0.5), (0.7, 0.7, 0.7, 1)]
    red = triangles(meshes[0].vertices, meshes[0].faces)
    plain = 0.01 * np.array([[[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 0, 0], [0, 1, 0], [0, 0, 1]]])
    turned = plain @ np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1]]) + (1.0, 0.0, 0.0)
    np.testing.assert_allclose(red, np.concatenate((turned, plain)), atol=1e-12)
    assert len(meshes[1].faces) == len(meshes[2].faces) == 1


def test_vertices_that_no_face_uses_are_left_out() -> None:
    for mesh in read_collada(SCENE.encode()):
        assert set(mesh.faces.ravel()) == set(range(len(mesh.vertices)))


@pytest.mark.parametrize(
    "content",
    [b"", b"solid ascii", SCENE.encode()[:900], SCENE.replace('id="positions"', "").encode()],
)
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a COLLADA file of triangles"):
        read_collada(content)
