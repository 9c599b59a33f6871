"""A picture, a table and a depth map: three inputs, two outputs, auxiliary loss."""
from keras.models import Model
from keras.layers import Input, Convolution2D, MaxPooling2D, Dense, Flatten, Dropout, merge

picture = Input(shape=(3, 18, 16), name='picture')
depth = Input(shape=(1, 18, 16), name='depth')
table = Input(shape=(7,), name='table')
rgbd = merge([picture, depth], mode='concat', concat_axis=1)
x = Convolution2D(6, 3, 3, activation='relu', dim_ordering='th')(rgbd)
x = MaxPooling2D((2, 2), dim_ordering='th')(x)
x = Dropout(0.25)(x)
flat = Flatten()(x)
aux = Dense(3, activation='softmax', name='aux')(flat)
joined = merge([flat, Dense(5)(table)], mode='concat')
main = Dense(3, activation='softmax', name='main')(joined)
model = Model([picture, depth, table], [main, aux])
model.compile(optimizer='sgd', loss={'main': 'categorical_crossentropy', 'aux': 'categorical_crossentropy'},
              loss_weights={'main': 1., 'aux': 0.2})
